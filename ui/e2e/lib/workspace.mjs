// The workspace between the specs: each finds it as the first one did, whatever the one before did or failed to do.

import { haveWorker, howWorks, thawDatabase } from "./breaking.mjs";
import { asOwner } from "./database.mjs";
import { family, isAlive, programOf, tell } from "./processes.mjs";
import { turnDials } from "./stack.mjs";
import { allStarted } from "./started.mjs";
import { until } from "./until.mjs";

const OPEN_QUEUES = "UPDATE queues SET paused_at = NULL, paused_by = NULL, reason = NULL, version = version + 1 WHERE paused_at IS NOT NULL";

/** As it is now is how it should be. */
export async function openWorkspace() {
  const turnBack = await turnDials({});
  const usual = howWorks();
  return {
    /** `spoiled`: something failed, so somebody may have been left half-way. */
    async putInOrder(spoiled) {
      endWindows();
      thawDatabase();
      await turnBack();
      await haveWorker(usual);
      await until("the database answers", () => asOwner((client) => client.query(OPEN_QUEUES)), 60_000);
      if (spoiled) await until("nobody is left half-way", () => asOwner(leaveNobodyHalfWay), 60_000);
    },
    /** Ends what the specs started, but for the database: whoever started the workspace ends that. */
    end() {
      endWindows();
      for (const { role, pid } of allStarted()) if (role === "worker") tell(pid, "SIGTERM");
    },
  };
}

/** A spec whose time was up could not close its own. */
function endWindows() {
  for (const { role, pid } of allStarted()) {
    if (role === "window" && isAlive(pid) && programOf(pid).endsWith("WebKitWebDriver")) for (const member of family(pid)) tell(member, "SIGKILL");
  }
}

/** Everybody is back at rest, past all rules. */
async function leaveNobodyHalfWay(client) {
  await client.query("BEGIN");
  for (const table of ["users", "background_jobs"]) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await client.query(
    `UPDATE background_jobs SET status = 'cancelled', completed_at = now(), dedupe_key = NULL, locked_by = NULL, lease_expires_at = NULL,
       deadline_at = NULL, version = version + 1 WHERE status IN ('pending', 'running') AND (user_id IS NOT NULL OR job_type = 'e2e_unknown')`,
  );
  await client.query(
    `UPDATE users SET demo_mode_status = 'disabled', demo_mode = false, demo_profile_id = NULL, demo_mode_error = NULL,
       demo_mode_failed_operation = NULL, demo_mode_changed_at = now(), demo_mode_version = demo_mode_version + 1
     WHERE demo_mode_status <> 'disabled' OR demo_mode OR demo_profile_id IS NOT NULL`,
  );
  for (const table of ["users", "background_jobs"]) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  await client.query("COMMIT");
  return true;
}
