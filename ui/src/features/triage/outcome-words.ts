import type { Fix, FixOutcome } from "../../generated/commands";

/** A fix that was applied. */
export const FIX_WORDS: Record<Fix, string> = {
  retry_now: "Run again",
  cancel: "Cancelled",
  confirm_existing: "Profile confirmed",
  reset: "Reset to disabled",
  reconcile: "Reconciled",
  resume_queue: "Queue resumed",
};

type Step = { look: "done" | "now" | "bad" | "ahead" | "late"; words: string; at: string | null };

/** Three steps, of which the first that has not come yet is the one under way. `due`: when the effect should be there, in words. */
export function outcomeSteps(outcome: FixOutcome, overdue: boolean, due: string): Step[] {
  const { accepted_at, claimed_at, confirmed_at, missed_at } = outcome;
  const accepted: Step = { look: "done", words: "Accepted", at: accepted_at };
  const ended = confirmed_at ?? missed_at;
  // What needs no worker is there at once and was never claimed.
  const claimed: Step | null =
    claimed_at !== null ? { look: "done", words: "Claimed by a worker", at: claimed_at } : ended !== null ? null : { look: overdue ? "late" : "now", words: "Waits for a worker", at: null };
  const effect = (): Step => {
    if (confirmed_at !== null) return { look: "done", words: "Effect confirmed", at: confirmed_at };
    if (missed_at !== null) return { look: "bad", words: "Ended otherwise: see the verdict", at: missed_at };
    if (overdue) return { look: "late", words: `Overdue: its effect was due ${due}`, at: null };
    return { look: claimed_at === null ? "ahead" : "now", words: `Effect due ${due}`, at: null };
  };
  return [accepted, ...(claimed === null ? [] : [claimed]), effect()];
}
