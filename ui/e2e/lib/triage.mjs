// Verdicts as they stand on the screen, and fixes by keyboard.

import assert from "node:assert/strict";
import { asOwner } from "./database.mjs";
import { until } from "./until.mjs";

const titleOf = (kind) => document.querySelector(`section[aria-labelledby=verdict-${kind}] h2`)?.innerText ?? "";

/** Waits until the verdict on this user or job says so; `not` are the neighbours that it must never be taken for. */
export async function verdictSays(window, kind, id, words, { not = [], within_ms = 40_000 } = {}) {
  await window.go(kind === "user" ? `/users/${id}` : `/jobs/${id}`);
  await until(
    `the verdict says "${words}"`,
    async () => {
      const title = await window.run(titleOf, kind);
      for (const neighbour of not) assert.ok(!title.includes(neighbour), `it was taken for its neighbour: ${title}`);
      return title.includes(words);
    },
    within_ms,
  ).catch((error) => window.explain(error));
}

/** Applies the fix on offer by keys alone: f, what it leads to, Enter. */
export async function fixByKeys(window, label, { reason = null } = {}) {
  await window.find("section[data-gravity] button", label);
  await window.keys("f");
  await window.find("[role=dialog] h2, [role=alertdialog] h2", label);
  await until("Enter would be for it", () => window.run(() => document.activeElement?.closest("[role=dialog], [role=alertdialog]")?.contains(document.activeElement) && document.activeElement.matches("button, input"))).catch((error) => window.explain(error));
  if (reason !== null) await window.keys(...reason);
  await window.keys("Enter");
  await until("it was accepted", () => window.run(() => document.querySelector("[role=dialog], [role=alertdialog]") === null)).catch((error) => window.explain(error));
}

/** The three steps have come to their good end. */
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

/** Pauses the queue of the workspace; answers what opens it again, whoever did so meanwhile. */
export async function pauseQueue() {
  const turn = (sql) => asOwner((client) => client.query(sql));
  await turn("UPDATE queues SET paused_at = now(), paused_by = 'e2e@repruv.test', reason = 'To be tested', version = version + 1 WHERE name = 'default'");
  return () => turn("UPDATE queues SET paused_at = NULL, paused_by = NULL, reason = NULL, version = version + 1 WHERE name = 'default' AND paused_at IS NOT NULL");
}
