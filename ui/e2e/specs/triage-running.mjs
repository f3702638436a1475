// What can be the matter with a job at work: each cause made to happen for real, and what comes of it seen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addWorker, freezeWorker, killWorker } from "../lib/breaking.mjs";
import { asOwner } from "../lib/database.mjs";
import { atRest, confirm, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { age, begun, fixByKeys, isConfirmed, verdictSays } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

/** A customer whose job is at work, and takes so long that a test can do with it as it likes. */
async function working(name) {
  const one = await atRest(name);
  const turnBack = await turnDials({ pace: 1 });
  await one.enable();
  return { one, jobId: await begun(one), turnBack };
}

/** Cancels as staff do, on the customer's page. */
async function cancel(window) {
  await window.press("Cancel operation…");
  await confirm(window, "Cancel operation");
  // What comes of it is read from the verdict.
  const closed = () => document.querySelector("[role=dialog], [role=alertdialog]") === null;
  await until("it was sent and the dialog closed", async () => {
    await window.keys("Escape");
    return window.run(closed);
  }).catch((error) => window.explain(error));
}

test("running as usual, then for longer than usual; stopped and rolled back", async () => {
  const { window } = scene;
  const { one, jobId, turnBack } = await working("ana");
  try {
    await verdictSays(window, "user", one.id, "Running, within the usual time", { not: ["longer than usual", "Its worker"] });
    await age(jobId, "started_at", 30);
    await verdictSays(window, "user", one.id, "Running for longer than usual", { not: ["Its worker", "is slow"] });
    await fixByKeys(window, "Stop and roll back", { reason: "The customer wants to go on" });
    // Faster only then: what is complete stands.
    await one.reaches("disabling", 60_000);
  } finally {
    await turnBack();
  }
  await isConfirmed(window);
  await one.reaches("disabled");
});

test("cancelled by staff: what it made is removed, which is no failure", async () => {
  const { window } = scene;
  const { one, turnBack } = await working("ben");
  try {
    await verdictSays(window, "user", one.id, "Running, within the usual time");
    await cancel(window);
    await verdictSays(window, "user", one.id, "Cancelled; what it made is being removed", { not: ["failed", "still running"] });
  } finally {
    await turnBack();
  }
  await verdictSays(window, "user", one.id, "Nothing is wrong", { not: ["failed"] });
  assert.equal((await one.status()).status, "disabled");
});

test("asked to stop, and the demo service lets it wait: overdue, and then it has stopped", async () => {
  const { window } = scene;
  const { one, jobId, turnBack } = await working("farah");
  try {
    // Each answer takes nearly as long as a worker waits for it.
    const fast = await turnDials({ latency_ms: [9_000, 9_000] });
    await window.go(`/users/${one.id}`);
    await cancel(window);
    await age(jobId, "cancel_requested_at", 2);
    await verdictSays(window, "user", one.id, "Asked to stop, and still running", { not: ["Its worker", "longer than usual"] });
    await fast();
    await one.reaches("disabling", 60_000);
  } finally {
    await turnBack();
  }
  await one.reaches("disabled", 60_000);
  await verdictSays(window, "user", one.id, "Nothing is wrong");
});

test("its worker hangs past its lease: gone silent, taken over, and what it does when it wakes counts for nothing", async () => {
  const { window } = scene;
  const { one, jobId, turnBack } = await working("elif");
  const thaw = freezeWorker();
  let end;
  try {
    await verdictSays(window, "user", one.id, "Its worker has gone silent", { not: ["No worker is running", "longer than usual"] });
    end = await addWorker();
    await turnBack();
    await one.reaches("enabled", 90_000);
    const session = "SELECT locked_by, attempt, status FROM background_jobs WHERE id = $1";
    const before = await asOwner((client) => client.query(session, [jobId]));
    assert.ok(before.rows[0].attempt > 1, "another attempt finished it");
    thaw();
    const awake = "SELECT FROM worker_sessions WHERE stopped_at IS NULL AND last_seen_at > now() - interval '10 seconds'";
    await until("both workers are awake", async () => (await asOwner((client) => client.query(awake))).rowCount >= 2, 60_000);
    const { rows } = await asOwner((client) => client.query(session, [jobId]));
    assert.deepEqual(rows, before.rows);
    await verdictSays(window, "user", one.id, "Nothing is wrong", { not: ["Its worker"] });
  } finally {
    thaw();
    await turnBack();
    await end?.();
  }
});

test("its worker is killed: lost, then none is running, which is no paused queue; another takes over", async () => {
  const { window } = scene;
  const { one, turnBack } = await working("grzegorz");
  const startAnother = await killWorker();
  try {
    await verdictSays(window, "user", one.id, "Its worker", { not: ["No worker is running"] });
    await verdictSays(window, "user", one.id, "No worker is running", { not: ["is paused", "Nothing is wrong"] });
  } finally {
    startAnother();
    await turnBack();
  }
  await one.reaches("enabled", 90_000);
  await verdictSays(window, "user", one.id, "Nothing is wrong");
});
