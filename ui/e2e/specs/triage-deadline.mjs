// An attempt that takes longer than it may: its worker hangs, its lease still holds, and its time limit passes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addWorker, freezeHolder, withoutRescue } from "../lib/breaking.mjs";
import { asOwner } from "../lib/database.mjs";
import { atRest, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { age, begun, verdictSays } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

const AT_WORK = "SELECT FROM worker_sessions WHERE stopped_at IS NULL AND last_seen_at > now() - interval '10 seconds'";
const rows = async (sql, ...values) => (await asOwner((client) => client.query(sql, values))).rows;

test("its time limit passes while its lease holds, which is no lost worker; it is given up, and another attempt does it", async () => {
  const { window } = scene;
  const one = await atRest("hana");
  const end = await addWorker();
  const turnBack = await turnDials({ pace: 1 });
  let thaw = () => undefined;
  try {
    await until("both workers are at work", async () => (await rows(AT_WORK)).length >= 2, 60_000);
    await one.enable();
    const jobId = await begun(one);
    // Nobody gives it up before it was seen.
    await withoutRescue(async () => {
      thaw = await freezeHolder(jobId);
      // Who hangs renews nothing, so this holds.
      await age(jobId, "lease_expires_at", -30);
      await verdictSays(window, "user", one.id, "Its worker has gone silent", { not: ["Past its time limit", "No worker is running", "longer than usual"] });
      await age(jobId, "deadline_at", 0);
      await verdictSays(window, "user", one.id, "Past its time limit", { not: ["No worker is running", "longer than usual", "Its worker was lost", "Asked to stop"] });
      await window.sees("The attempt's time limit passed");
      await window.sees("Its lease holds for another");
      await window.look("past-deadline");
      // It is given up by itself: nothing is made up for a person to do.
      assert.equal(await window.run(() => document.querySelector("section[data-case] button[aria-keyshortcuts]")), null);
      assert.deepEqual(await rows("SELECT status, attempt FROM background_jobs WHERE id = $1", jobId), [{ status: "running", attempt: 1 }]);
    });
    await turnBack();
    await one.reaches("enabled", 90_000);
    await verdictSays(window, "user", one.id, "Nothing is wrong", { not: ["Its worker"] });
    assert.deepEqual(await rows("SELECT detail FROM job_events WHERE job_id = $1 AND attempt = 1 ORDER BY id DESC LIMIT 1", jobId), [
      { detail: "The work took longer than its limit and was given up." },
    ]);
    assert.deepEqual(await rows("SELECT status, attempt FROM background_jobs WHERE id = $1", jobId), [{ status: "completed", attempt: 2 }]);
  } finally {
    thaw();
    await turnBack();
    await end();
  }
});
