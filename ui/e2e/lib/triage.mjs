// Verdicts as they stand on the screen, and fixes by keyboard.

import assert from "node:assert/strict";
import { asOwner } from "./database.mjs";
import { atRest } from "./scene.mjs";
import { until } from "./until.mjs";

/** Runs in the page: the title of the verdict on this case, once it stands there. */
const titleOf = (id) => document.querySelector(`section[data-case="${CSS.escape(id)}"] h2`)?.innerText ?? "";

/** Waits until the verdict on this user or job says so; `not` are the neighbours that it must never be taken for on the way. */
export async function verdictSays(window, kind, id, words, { not = [], within_ms = 60_000 } = {}) {
  await window.go(kind === "user" ? `/users/${id}` : `/jobs/${id}`);
  let last = "";
  await until(
    `the verdict says "${words}"`,
    async () => {
      last = await window.run(titleOf, id);
      for (const neighbour of not) assert.ok(!last.includes(neighbour), `it was taken for its neighbour: ${last}`);
      return last.includes(words);
    },
    within_ms,
  ).catch((error) => window.explain(error));
  return last;
}

/** Applies the fix on offer by keys alone: f, what it leads to, Enter. */
export async function fixByKeys(window, label, { reason = null } = {}) {
  await window.find("section[data-case] button", label);
  await window.keys("f");
  await window.find("[role=dialog] h2, [role=alertdialog] h2", label);
  const hasFocus = () => document.activeElement?.closest("[role=dialog], [role=alertdialog]") !== null && document.activeElement?.matches("footer button, input");
  await until("Enter would be for it", () => window.run(hasFocus)).catch((error) => window.explain(error));
  if (reason !== null) await window.keys(...reason);
  await window.keys("Enter");
  await until("it was accepted", () => window.run(() => document.querySelector("[role=dialog], [role=alertdialog]") === null)).catch((error) => window.explain(error));
}

/** The three steps of the last fix have come to their good end. */
export const isConfirmed = (window, within_ms = 60_000) => window.sees("Effect confirmed", within_ms);

/** Something that only somebody who goes past the rules can do: without the triggers that refuse it. */
export function pastTheRules(table, sql, values) {
  return asOwner(async (client) => {
    await client.query("BEGIN");
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    const { rowCount } = await client.query(sql, values);
    await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    await client.query("COMMIT");
    assert.ok(rowCount > 0, sql);
  });
}

/** What lies `minutes` ahead or behind is moved there, instead of waiting for it: the database has the one clock. */
export const age = (jobId, column, minutes) => asOwner((client) => client.query(`UPDATE background_jobs SET ${column} = now() - make_interval(mins => $2) WHERE id = $1`, [jobId, minutes]));

/** Pauses the queue of the workspace; answers what opens it again, whoever did so meanwhile. */
export async function pauseQueue() {
  const turn = (sql) => asOwner((client) => client.query(sql));
  await turn("UPDATE queues SET paused_at = now(), paused_by = 'e2e@repruv.test', reason = 'To be tested', version = version + 1 WHERE name = 'default'");
  return () => turn("UPDATE queues SET paused_at = NULL, paused_by = NULL, reason = NULL, version = version + 1 WHERE name = 'default' AND paused_at IS NOT NULL");
}

/** A customer whose job waits for a queue that is open again only when the test says so. */
export async function waiting(name) {
  const one = await atRest(name);
  const open = await pauseQueue();
  await one.enable();
  const { job } = await one.status();
  return { one, jobId: job.job_id, open };
}

/** Waits until the customer's work has begun; answers its job's id. */
export const begun = (one) =>
  until("the work has begun", async () => {
    const { job } = await one.status();
    return (job?.progress ?? 0) > 1 ? job.job_id : null;
  }, 60_000);
