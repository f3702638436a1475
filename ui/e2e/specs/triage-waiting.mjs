// Why a job waits, each cause made to happen for real, mended by keyboard, and its effect seen.

import { test } from "node:test";
import { replaceWorker } from "../lib/breaking.mjs";
import { asOwner } from "../lib/database.mjs";
import { atRest, confirm, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { age, begun, fixByKeys, isConfirmed, pastTheRules, verdictSays, waiting } from "../lib/triage.mjs";

const scene = sceneWithWindow();

test("the queue is paused, which is no lack of workers; resumed", async () => {
  const { window } = scene;
  const next = await atRest("elif");
  const { one, open } = await waiting("dmitri");
  try {
    await verdictSays(window, "user", one.id, "is paused", { not: ["No worker", "free worker"] });
    await fixByKeys(window, "Resume the queue");
    await isConfirmed(window);
    await one.reaches("enabled");
    await verdictSays(window, "user", one.id, "Nothing is wrong");
    // Taken back while that is still an undo, and opened again by the next in line.
    await window.press("Undo: pause it again…");
    await confirm(window, "Pause it again", "Too early");
    await window.sees("The queue is paused again.");
    await window.press("Done");
    await next.enable();
    await verdictSays(window, "user", next.id, "is paused", { not: ["No worker", "free worker"] });
    await fixByKeys(window, "Resume the queue");
    await next.reaches("enabled");
  } finally {
    await open();
  }
});

test("asked for a later time, which is no failure; run now", async () => {
  const { window } = scene;
  const { one, jobId, open } = await waiting("elif");
  try {
    await asOwner((client) => client.query("UPDATE background_jobs SET run_at = now() + interval '2 hours', scheduled_for = now() + interval '2 hours', version = version + 1 WHERE id = $1", [jobId]));
  } finally {
    await open();
  }
  await verdictSays(window, "user", one.id, "Waiting for its time", { not: ["Tried again", "is paused"] });
  await fixByKeys(window, "Run it now");
  await isConfirmed(window);
  await one.reaches("enabled");
});

test("waiting with no attempt left, which nobody claims; stopped", async () => {
  const { window } = scene;
  const { one, jobId, open } = await waiting("farah");
  try {
    await pastTheRules("background_jobs", "UPDATE background_jobs SET attempt = max_attempts WHERE id = $1", [jobId]);
  } finally {
    await open();
  }
  await verdictSays(window, "user", one.id, "no attempt is left", { not: ["free worker"] });
  await fixByKeys(window, "Stop and roll back", { reason: "It can never run" });
  await isConfirmed(window);
  await one.reaches("disabled");
});

test("a type of job that no worker knows, although workers are there", async () => {
  const { rows } = await asOwner((client) => client.query("INSERT INTO background_jobs (id, job_type) VALUES (gen_random_uuid(), 'e2e_unknown') RETURNING id"));
  const { id } = rows[0];
  try {
    await verdictSays(scene.window, "job", id, "No running worker knows this kind of job", { not: ["No worker is running"] });
  } finally {
    await asOwner((client) => client.query("DELETE FROM background_jobs WHERE id = $1", [id]));
  }
});

test("the only worker has its hands full, which is no lack of workers; it goes on by itself", async () => {
  const { window } = scene;
  const [ana, ben] = [await atRest("ana"), await atRest("ben")];
  const asBefore = await replaceWorker({ words: ["--concurrency", "1"] });
  const turnBack = await turnDials({ pace: 1 });
  try {
    await ana.enable();
    await begun(ana);
    await ben.enable();
    await verdictSays(window, "user", ben.id, "Waiting for a free worker", { not: ["No worker is running", "is paused", "Running"] });
    await window.sees("The workers that can do it are busy");
    await verdictSays(window, "user", ana.id, "Running, within the usual time", { not: ["free worker"] });
    await turnBack();
    await ben.reaches("enabled", 60_000);
    await verdictSays(window, "user", ben.id, "Nothing is wrong");
  } finally {
    await turnBack();
    await asBefore();
  }
});

test("nobody takes it although somebody could, which no rule explains: that is said, and no fix is made up", async () => {
  const { window } = scene;
  const { one, jobId, open } = await waiting("chloe");
  await age(jobId, "run_at", 5);
  await asOwner(async (client) => {
    // Somebody's open transaction: workers pass by what is locked.
    await client.query("BEGIN");
    await client.query("SELECT FROM background_jobs WHERE id = $1 FOR UPDATE", [jobId]);
    await open();
    await verdictSays(window, "user", one.id, "No rule explains this", { not: ["free worker", "No worker"] });
    await window.findNot("section[data-case] button", "Try again");
    await client.query("ROLLBACK");
  }).finally(open);
  await one.reaches("enabled");
  await verdictSays(window, "user", one.id, "Nothing is wrong");
});
