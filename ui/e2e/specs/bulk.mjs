// Many at once: selected, planned, confirmed, executed by the worker, and told item by item.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { problems } from "../lib/axe.mjs";
import { asOwner } from "../lib/database.mjs";
import { atRest, confirm, signedIn } from "../lib/scene.mjs";
import { hire, openServer } from "../lib/server.mjs";
import { pastTheRules } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = { window: null };
let server;
let second;
let other;
before(async () => {
  // The workspace's own asks nobody for a second person.
  server = await openServer({ SECOND_PERSON_OVER: "100" });
  scene.window = await signedIn(server.url);
  other = hire("second");
  second = await signedIn(server.url, { staff: other });
});
after(async () => {
  for (const window of [scene.window, second]) await window?.close();
  server?.close();
});

const id = (at) => {
  const time = (Date.now() - 1_000 + at).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomBytes(2).toString("hex").slice(1)}-8${randomBytes(2).toString("hex").slice(1)}-${randomBytes(6).toString("hex")}`;
};

/** Jobs of the system that have failed for good, with an error of their own. */
async function failedJobs(count, error) {
  const ids = Array.from({ length: count }, (_, at) => id(at));
  await asOwner(async (client) => {
    await client.query("BEGIN");
    await client.query(
      "INSERT INTO background_jobs (id, job_type, status, attempt, completed_at, error_message) SELECT id, 'noop', 'failed', 1, now(), $2 FROM unnest($1::uuid[]) id",
      [ids, error],
    );
    await client.query("INSERT INTO job_events (job_id, event, from_status, to_status, attempt, actor, detail) SELECT id, 'fail', 'running', 'failed', 1, 'test', $2 FROM unnest($1::uuid[]) id", [ids, error]);
    await client.query("COMMIT");
  });
  return ids;
}

const status = (ids, word) =>
  asOwner(async (client) => (await client.query("SELECT count(*)::int AS n FROM background_jobs WHERE id = ANY($1) AND status = $2", [ids, word])).rows[0].n);

/** The failed jobs with this error, and no others, are on the screen. */
async function show(window, error, count) {
  await window.open("Jobs");
  await window.go(`/jobs?q=${encodeURIComponent(`status:failed error:${error}`)}`);
  await until(`${count} jobs are listed`, () => window.run((count) => document.querySelectorAll("[role=grid][aria-label=Jobs] [role=row][data-id]").length >= Math.min(count, 10), count)).catch((failed) => window.explain(failed));
}

/** Selects a row by its box. */
const select = async (window, at) => (await window.browser.$$("[role=row][data-id] [data-check]"))[at].click();

/** Plans to retry all with this error, and hands the plan to a second person. */
async function askToRetryAll(window, error, count) {
  await show(window, error, count);
  await select(window, 0);
  await window.press("All that match");
  await window.sees("All jobs that match the filter");
  await window.press("Retry…");
  await confirm(window, "Make the plan", "The demo service is back");
  await window.sees(`${count} will change`);
  await window.press(`Retry ${count} jobs…`);
  await window.fill("Type how many will change", String(count));
  await window.press("Ask a second person");
  await window.sees("Needs a second person");
}

/** Approves the plan that waits for that. */
async function approve(window, count) {
  await window.open("Bulk");
  await (await window.find("[role=grid] [role=row][data-id] *", "Needs a second person")).click();
  await window.sees(`${count} will change`);
  await window.press(`Approve: Retry ${count} jobs…`);
  await window.look("bulk-approve");
  await confirm(window, "Approve and begin", "Looked at it too");
}

test("three are selected, planned and executed; the one that vanished fails alone and is planned anew", async () => {
  const { window } = scene;
  const ids = await failedJobs(3, "bulkfirst");
  await show(window, "bulkfirst", 3);
  for (const at of [0, 1, 2]) await select(window, at);
  await window.sees("3 jobs selected");
  await window.look("bulk-selected");
  await window.press("Retry…");
  await confirm(window, "Make the plan", "The demo service is back");
  await window.sees("What was planned");
  await window.sees("3 will change");
  await window.look("bulk-plan");
  assert.deepEqual(await problems(window), []);
  assert.equal(await status(ids, "failed"), 3, "a plan changes nothing");
  await asOwner((client) => client.query("DELETE FROM background_jobs WHERE id = $1", [ids[1]]));
  await window.press("Retry 3 jobs…");
  await window.sees("This cannot be undone");
  await window.look("bulk-confirm");
  await window.press("Retry 3 jobs in");
  await window.sees("2 done", 60_000);
  await window.sees("1 failed");
  await window.sees("There is no such job any more.");
  await window.sees("Completed");
  await window.look("bulk-completed");
  assert.equal(await status(ids, "failed"), 0);
  await window.press("Plan the 1 failed one anew…");
  await window.press("Make the plan");
  await window.sees("Retry 0 jobs");
  await window.sees("There is no such job, or no longer.");
});

test("seven hundred need the number typed and a second person; pausing holds, resuming ends it", async () => {
  const { window } = scene;
  const ids = await failedJobs(700, "bulksecond");
  await askToRetryAll(window, "bulksecond", 700);
  await window.look("bulk-needs-second");
  const own = await window.find("button", "Approve: Retry 700 jobs");
  assert.equal(await own.getAttribute("aria-disabled"), "true");
  assert.equal(await status(ids, "failed"), 700, "the first person alone changes nothing");

  await approve(second, 700);
  await window.sees("Running");
  await window.press("Pause…");
  await confirm(window, "Pause", "Wait a moment");
  await window.sees("Paused");
  const left = await status(ids, "failed");
  assert.ok(left > 0, "it is paced, so that it can be stopped before all is done");
  await window.look("bulk-paused");
  await second.sees("Paused");
  await second.press("Resume…");
  await confirm(second, "Resume", "Go on");
  await window.sees("700 done", 120_000);
  await until("all have run again", async () => (await status(ids, "completed")) === 700, 60_000);
});

test("who planned it is disabled in the middle: it stands still and says why, and goes on in the name of somebody else", async () => {
  const { window } = scene;
  const leaver = hire("leaver");
  const theirs = await signedIn(server.url, { staff: leaver });
  const ids = await failedJobs(600, "bulkthird");
  try {
    await askToRetryAll(theirs, "bulkthird", 600);
    await approve(window, 600);
    await window.sees("Running");
    leaver.disable();
    await window.sees(`Paused, because ${leaver.email}, who confirmed it, was disabled.`);
    const left = await status(ids, "failed");
    assert.ok(left > 0, "it was in the middle");
    await window.look("bulk-disabled");
  } finally {
    await theirs.close();
  }
  await until("it stands still", async () => (await window.text()).includes("Resume…")).catch((error) => window.explain(error));
  // One of the two who stood for it has gone: the other alone does not let it go on.
  await window.press("Resume…");
  await confirm(window, "Resume", "Go on");
  await window.sees("somebody else must resume it");
  await window.press("Cancel");
  await second.go(await window.run(() => location.hash.slice(1)));
  await second.press("Resume…");
  await confirm(second, "Resume", "Looked at it");
  await window.sees("600 done", 120_000);
  const { rows } = await asOwner((client) =>
    client.query("SELECT actor, count(*)::int AS lines FROM audit_entries WHERE action = 'job.retry' AND job_id = ANY($1) GROUP BY actor ORDER BY actor", [ids]),
  );
  assert.deepEqual(rows.map(({ actor }) => actor), [leaver.email, other.email].sort());
  assert.equal(rows.reduce((all, { lines }) => all + lines, 0), 600);
});

test("two whose verdict is the same are fixed by one plan; the one that mended itself meanwhile fails alone", async () => {
  const { window } = scene;
  const { chloe, jonas } = await atRest("chloe", "jonas");
  await pastTheRules("users", "UPDATE users SET demo_mode = NOT demo_mode WHERE id = ANY($1)", [[chloe.id, jonas.id]]);
  await window.open("Now");
  for (const { email } of [chloe, jonas]) await (await window.find("input[type=checkbox]", `Select ${email}`)).click();
  await window.sees("2 cases selected");
  await window.look("bulk-cases");
  assert.deepEqual(await problems(window), []);
  await window.press("Fix…");
  await confirm(window, "Make the plan", "The old writer is gone");
  await window.sees("2 will change");
  await window.sees("Bring in step: out of step");
  await window.look("bulk-fix-plan");
  // The state is written anew by somebody else, and the old switch with it.
  await asOwner((client) => client.query("UPDATE users SET demo_mode_status = demo_mode_status WHERE id = $1", [chloe.id]));
  await window.press("Fix 2 cases…");
  await window.press("Fix 2 cases in");
  await window.sees("Completed");
  await window.sees("1 done");
  await window.sees("the verdict is now “Nothing is wrong");
  await window.look("bulk-fixed");
  const { rows } = await asOwner((client) => client.query("SELECT user_id FROM fix_records WHERE fix = 'reconcile' AND user_id = ANY($1) AND at > now() - interval '2 minutes'", [[chloe.id, jonas.id]]));
  assert.deepEqual(rows.map(({ user_id }) => user_id), [jonas.id]);
});
