// Causes made to happen for real: each verdict is read on the screen, its fix applied by keyboard, and its effect seen.

import { test } from "node:test";
import { asOwner } from "../lib/database.mjs";
import { atRest, sceneWithWindow } from "../lib/scene.mjs";
import { killWorker, turnDials } from "../lib/stack.mjs";
import { fixByKeys, isConfirmed, pastTheRules, pauseQueue, verdictSays } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

/** A customer whose job waits for a queue that is open again only when the test says so. */
async function waiting(name) {
  const one = await atRest(name);
  const open = await pauseQueue();
  await one.enable();
  const { job } = await one.status();
  return { one, jobId: job.job_id, open };
}

test("at rest, nothing is wrong", async () => {
  const chloe = await atRest("chloe");
  await verdictSays(scene.window, "user", chloe.id, "Nothing is wrong", { not: ["failed"] });
});

test("refused by the demo service: failed for good, reset", async () => {
  const { window } = scene;
  const chloe = await atRest("chloe");
  const turnBack = await turnDials({ refuse: "the niche is not on offer today" });
  try {
    await chloe.enable();
    await verdictSays(window, "user", chloe.id, "Turning demo mode on failed for good", { not: ["Tried again"] });
  } finally {
    await turnBack();
  }
  await fixByKeys(window, "Reset demo mode", { reason: "Told the customer" });
  await isConfirmed(window);
  await chloe.reaches("disabled");
});

test("the queue is paused, which is no lack of workers; resumed", async () => {
  const { window } = scene;
  const { one, open } = await waiting("dmitri");
  try {
    await verdictSays(window, "user", one.id, "is paused", { not: ["No worker", "free worker"] });
    await fixByKeys(window, "Resume the queue");
    await isConfirmed(window);
  } finally {
    await open();
  }
  await one.reaches("enabled");
});

test("asked for a later time, which is no failure; run now", async () => {
  const { window } = scene;
  const { one, jobId, open } = await waiting("elif");
  try {
    await asOwner((client) => client.query("UPDATE background_jobs SET run_at = now() + interval '2 hours', scheduled_for = now() + interval '2 hours', version = version + 1 WHERE id = $1", [jobId]));
  } finally {
    await open();
  }
  await verdictSays(window, "user", one.id, "Waiting for its time", { not: ["Tried again"] });
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

test("in progress while no job does it; reset", async () => {
  const { window } = scene;
  const hana = await atRest("hana");
  await hana.enable();
  await hana.reaches("enabled");
  await hana.disable();
  await hana.reaches("disabled");
  // Her last job was a removal: nothing turns demo mode on.
  await pastTheRules("users", "UPDATE users SET demo_mode_status = 'enabling', demo_mode_changed_at = now(), demo_mode_version = demo_mode_version + 1 WHERE id = $1", [hana.id]);
  await verdictSays(window, "user", hana.id, "but no job does it", { not: ["has ended"] });
  await fixByKeys(window, "Reset demo mode", { reason: "Its job is gone" });
  await isConfirmed(window);
  await hana.reaches("disabled");
});

test("the job has ended and the user was not moved along; brought in step", async () => {
  const { window } = scene;
  const { one, jobId, open } = await waiting("ines");
  try {
    await pastTheRules("background_jobs", "UPDATE background_jobs SET status = 'failed', attempt = 1, completed_at = now(), dedupe_key = NULL, error_message = 'by hand', version = version + 1 WHERE id = $1", [jobId]);
  } finally {
    await open();
  }
  await verdictSays(window, "user", one.id, "was not moved along", { not: ["no job does it"] });
  await fixByKeys(window, "Bring the user in step");
  await isConfirmed(window);
  await one.reaches("failed");
});

test("the old switch says something else; brought in step", async () => {
  const { window } = scene;
  const jonas = await atRest("jonas");
  await pastTheRules("users", "UPDATE users SET demo_mode = NOT demo_mode WHERE id = $1", [jonas.id]);
  await verdictSays(window, "user", jonas.id, "The old demo switch says something else", { not: ["Nothing is wrong"] });
  await fixByKeys(window, "Bring it in step");
  await isConfirmed(window);
  await verdictSays(window, "user", jonas.id, "Nothing is wrong");
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

test("the demo service reports faults, which is not its silence; tried again by itself once it is well", async () => {
  const { window } = scene;
  const keiko = await atRest("keiko");
  const turnBack = await turnDials({ error_rate: 1, error_status: 500 });
  try {
    await keiko.enable();
    await verdictSays(window, "user", keiko.id, "The demo service reports faults", { not: ["cannot be reached", "failed for good"] });
  } finally {
    await turnBack();
  }
  // Somebody else's work shows that the service is well again.
  const luca = await atRest("luca");
  await luca.enable();
  await luca.reaches("enabled");
  await keiko.reaches("enabled", 60_000);
});

test("running, then its worker is killed: lost, then none is running; another takes over", async () => {
  const { window } = scene;
  const grzegorz = await atRest("grzegorz");
  const turnBack = await turnDials({ pace: 0.3 });
  try {
    await grzegorz.enable();
    await verdictSays(window, "user", grzegorz.id, "Running, within the usual time", { not: ["longer than usual"] });
    await until("the work has begun", async () => ((await grzegorz.status()).job?.progress ?? 0) > 3);
    const startAnother = killWorker();
    try {
      await verdictSays(window, "user", grzegorz.id, "Its worker", { not: ["No worker is running"] });
      await verdictSays(window, "user", grzegorz.id, "No worker is running", { within_ms: 60_000 });
    } finally {
      startAnother();
    }
    await turnBack();
    await grzegorz.reaches("enabled", 90_000);
    await verdictSays(window, "user", grzegorz.id, "Nothing is wrong");
  } finally {
    await turnBack();
  }
});
