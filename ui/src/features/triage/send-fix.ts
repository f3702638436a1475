import type { CaseView, Fix } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import type { Intent } from "../../lib/command-phase";
import type { Answer } from "../../lib/failure";

/** Asks for a fix, bound to everything that was seen of the case. */
export function sendFix(ipc: Ipc, intent: Intent, seen: CaseView, fix: Fix, reason: string | null): Promise<Answer<CaseView>> {
  return ipc.commands.applyFix(intent, seen.user_id, {
    fix,
    user_version: seen.user_version,
    job_id: seen.job_id,
    job_version: seen.job_version,
    reason,
  });
}
