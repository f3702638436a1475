import type { CaseView } from "../../generated/commands";
import { jobTypeWords } from "../../lib/states/job";
import { CERTAINTY } from "../../lib/states/verdict";

/** A fix is bound to these: when one of them differs, the case has moved. */
export function hasMoved(seen: CaseView, now: CaseView): boolean {
  return (
    seen.user_version !== now.user_version ||
    seen.job_id !== now.job_id ||
    seen.job_version !== now.job_version ||
    seen.verdict.cause !== now.verdict.cause ||
    seen.verdict.fix?.fix !== now.verdict.fix?.fix
  );
}

export type Difference = { what: string; seen: string; now: string; differs: boolean };

/** The case as it was seen beside how it is now, line by line. */
export function differences(seen: CaseView, now: CaseView): Difference[] {
  const lines: [string, (view: CaseView) => string][] = [
    ["Cause", ({ verdict }) => `${verdict.title} (${CERTAINTY[verdict.certainty].word})`],
    ["The customer sees", ({ verdict }) => verdict.customer_sees ?? "nothing of it"],
    ["Demo mode", ({ demo_mode }) => demo_mode ?? "none"],
    ["Job", (view) => (view.job_id === null ? "none" : `${jobTypeWords(view.job_type ?? "")}, ${view.job_status ?? "not kept"}`)],
    ["Fix", ({ verdict }) => verdict.fix?.label ?? "none"],
  ];
  return lines.map(([what, of]) => ({ what, seen: of(seen), now: of(now), differs: of(seen) !== of(now) }));
}

/** When something was that is `age_s` old at `asOf`; ahead when negative. */
export function timeOf(asOf: string, age_s: number): string {
  return new Date(Date.parse(asOf) - age_s * 1_000).toISOString();
}
