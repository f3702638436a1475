import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openNotifications } from "../lib/notifications.mjs";
import { atRest, openUser, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { logOf } from "../lib/window.mjs";

const scene = sceneWithWindow();
let daemon;
before(async () => {
  daemon = await openNotifications();
});
after(() => daemon?.close());

const path = (window) => window.run(() => location.hash);

test("a notification tells when a user's demo mode is there, and pressing it opens the user", async () => {
  const { window } = scene;
  const grzegorz = await atRest("grzegorz");
  const turnBack = await turnDials({ pace: 0.2 });
  try {
    await openUser(window, grzegorz.email);
    await grzegorz.enable();
    await window.press("Tell me when it ends");
    await window.find("button[aria-pressed=true]", "You will be told");
    await window.open("Audit");
  } finally {
    await turnBack();
  }
  await daemon.says("Demo mode of the user you wait for: enabled.");
  assert.doesNotMatch(daemon.told(), /grzegorz|@/i, "nothing tells who it is");
  daemon.press();
  await until("the user is open", async () => (await path(window)).includes(grzegorz.id));
  await window.find("h1", grzegorz.email);
  await window.findNot("button", "You will be told");
  daemon.clear();
});

test("jobs that end together are one notification", async () => {
  const { window } = scene;
  const people = await Promise.all(["hana", "ines", "luca"].map((name) => atRest(name)));
  const before = daemon.count();
  const turnBack = await turnDials({ pace: 1 });
  try {
    for (const one of people) {
      const { job_id } = await one.enable();
      await window.go(`/jobs/${job_id}`);
      await window.find("aside button", "Tell me when it ends").then((button) => button.click());
      await window.find("aside button[aria-pressed=true]", "You will be told");
    }
    // All of them are refused at the same moment.
    const refuse = await turnDials({ pace: 1, refuse: "the niche is not on offer today" });
    await refuse();
    for (const one of people) await one.reaches("enabling");
  } finally {
    await turnBack();
  }
  await daemon.says("things you wait for have ended");
  const texts = daemon.told();
  assert.ok(daemon.count() - before < people.length, texts);
  assert.doesNotMatch(texts, /hana|ines|luca|@/i);
  daemon.clear();
});

test("what has ended already is told at once", async () => {
  const { window } = scene;
  const { job } = await (await atRest("keiko")).status();
  assert.ok(job === null || job.status !== "running");
  await window.open("Settings");
  await window.press("Show one to try");
  await daemon.says("This is how it looks");
});

test("nothing of it is in the log", () => {
  assert.doesNotMatch(logOf(scene.window.home, 1_000_000), /@repruv\.test/);
});
