import type { CaseView, FixOffer, Verdict } from "../generated/commands";

export function offerOf(over: Partial<FixOffer> = {}): FixOffer {
  return {
    fix: "retry_now",
    label: "Try again now",
    preview: { now: "failed", next: "being turned on", happens: "The job runs again.", usual_s: 84, undo: "Cancel it while it runs." },
    needs_reason: false,
    irreversible: false,
    ...over,
  };
}

export function verdictOf(over: Partial<Verdict> = {}): Verdict {
  return {
    cause: "failed_for_good",
    certainty: "known",
    gravity: "act",
    title: "It failed for good",
    explanation: "The demo service refused it.",
    customer_sees: "An error.",
    reply: "It did not work, and we are seeing to it.",
    evidence: [{ source: "error", says: "422 from the demo service.", age_s: 60 }],
    fix: offerOf(),
    mends_itself_in_s: null,
    since_s: 60,
    ...over,
  };
}

/** A user whose demo mode failed, with a fix on offer. */
export function caseOf(over: Partial<CaseView> = {}): CaseView {
  return {
    user_id: "0190a000-0000-7000-8000-000000000001",
    user_email: "ana@example.com",
    user_version: 4,
    demo_mode: "failed",
    job_id: "0190a000-0000-7000-8000-0000000000aa",
    job_type: "demo_enable",
    job_status: "failed",
    job_version: 11,
    queue: "default",
    queue_version: null,
    verdict: verdictOf(),
    outcome: null,
    as_of: "2026-11-21T02:30:00Z",
    ...over,
  };
}
