import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freezeDatabase, killWorker } from "../lib/breaking.mjs";
import { atRest, confirm, demoModeIs, openUser } from "../lib/scene.mjs";
import { stack, turnDials } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { homeForWindow, knowEnvironment, openWindow } from "../lib/window.mjs";

const home = homeForWindow();
let window;
after(() => window?.close());

async function signIn() {
  knowEnvironment(home);
  window = await openWindow({ home, signIn: "keychain" });
  await window.sees("Sign in to Repruv Ops");
  await window.fill("E-mail", stack.staff.email);
  await window.fill("Password", stack.staff.password);
  await window.press("Sign in");
  await window.sees("live · ");
}

test("the window is closed mid-operation and opened again: the state is right and the person still signed in", async () => {
  await signIn();
  const jonas = await atRest("jonas");
  const turnBack = await turnDials({ pace: 0.1 });
  try {
    await openUser(window, jonas.email);
    await window.press("Enable…");
    await confirm(window, "Enable");
    await window.sees("Started.");
    await window.close();
    window = await openWindow({ home, signIn: "keychain" });
    await window.sees("live · ");
    await openUser(window, jonas.email);
    await demoModeIs(window, "Enabling");
    await demoModeIs(window, "Enabled");
    assert.equal((await jonas.status()).status, "enabled");
  } finally {
    await turnBack();
  }
});

test("the worker is killed mid-job: the job runs again and completes", async () => {
  const keiko = await atRest("keiko");
  const turnBack = await turnDials({ pace: 0.1 });
  try {
    await openUser(window, keiko.email);
    await keiko.enable();
    await window.sees("Job in flight");
    await until("the work has begun", async () => ((await keiko.status()).job?.progress ?? 0) > 5);
    const startAnother = await killWorker();
    startAnother();
    await demoModeIs(window, "Enabled", 90_000);
    await window.sees("attempt 2 of");
  } finally {
    await turnBack();
  }
});

test("the database stops answering: stale is shown, changes are blocked, and it recovers alone", async () => {
  const luca = await atRest("luca");
  await openUser(window, luca.email);
  const thaw = freezeDatabase();
  try {
    await window.sees("stale since", 60_000);
    await window.sees("Changes are blocked");
    const enable = await window.find("button", "Enable…");
    assert.equal(await enable.getAttribute("aria-disabled"), "true");
  } finally {
    thaw();
  }
  await window.sees("live · ", 60_000);
  await window.press("Enable…");
  await window.press("Cancel");
});
