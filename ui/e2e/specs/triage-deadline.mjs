// An attempt that takes longer than it may: its worker hangs, its lease still holds, and its time limit passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addWorker, freezeHolder, replaceWorker } from "../lib/breaking.mjs";
import { asOwner } from "../lib/database.mjs";
import { atRest, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { begun, verdictSays } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

/** Its time limit runs out long before its lease. */
const WORDS = ["--lease", "40s", "--deadline", "20s"];
/** A worker gives nothing up before it is as old as a lease. */
const GROWN_UP = "SELECT FROM worker_sessions WHERE stopped_at IS NULL AND started_at < now() - interval '41 seconds' AND last_seen_at > now() - interval '15 seconds'";
/** Who looks for lost attempts holds this (`crates/store/src/engine/rescue.rs`): as long as another does, none is given up. */
const RESCUE_LOCK = "SELECT pg_advisory_lock(x'726563737565'::bigint)";

test("its time limit passes while its lease holds, which is no lost worker; it is given up, and another attempt does it", async () => {
  const { window } = scene;
  const one = await atRest("hana");
  const asBefore = await replaceWorker({ words: WORDS });
  const end = await addWorker();
  let thaw = () => undefined;
  let turnBack = async () => undefined;
  try {
    await until("both workers are old enough to give something up", async () => (await asOwner((client) => client.query(GROWN_UP))).rowCount >= 2, 90_000, 500);
    turnBack = await turnDials({ pace: 1 });
    const jobId = await asOwner(async (client) => {
      await client.query(RESCUE_LOCK);
      await one.enable();
      const jobId = await begun(one);
      thaw = await freezeHolder(jobId);
      await verdictSays(window, "user", one.id, "Its worker has gone silent", { not: ["Past its time limit", "No worker is running", "longer than usual"] });
      await turnBack();
      await verdictSays(window, "user", one.id, "Past its time limit", { not: ["No worker is running", "longer than usual", "Its worker was lost", "Asked to stop"] });
      await window.sees("The attempt's time limit passed");
      await window.sees("Its lease holds for another");
      await window.look("past-deadline");
      // It is given up by itself: nothing is made up for a person to do.
      assert.equal(await window.run(() => document.querySelector("section[data-case] button[aria-keyshortcuts]")), null);
      return jobId;
    });
    await one.reaches("enabled", 90_000);
    await verdictSays(window, "user", one.id, "Nothing is wrong", { not: ["Its worker"] });
    const told = "SELECT detail FROM job_events WHERE job_id = $1 AND attempt = 1 ORDER BY id DESC LIMIT 1";
    const job = "SELECT status, attempt FROM background_jobs WHERE id = $1";
    const [{ rows }, after] = await asOwner(async (client) => [await client.query(told, [jobId]), await client.query(job, [jobId])]);
    assert.deepEqual(rows, [{ detail: "The work took longer than its limit and was given up." }]);
    assert.deepEqual(after.rows, [{ status: "completed", attempt: 2 }]);
  } finally {
    thaw();
    await turnBack();
    await end();
    await asBefore();
  }
});
