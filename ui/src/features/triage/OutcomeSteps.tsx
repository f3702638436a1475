import { CircleCheck, CircleDashed, CircleX, Hourglass, LoaderCircle } from "lucide-react";
import type { FixOutcome } from "../../generated/commands";
import { useTicked } from "../../lib/ticker";
import { clockTime, exactTime, relativeTime } from "../../lib/time";
import styles from "./Triage.module.css";
import { FIX_WORDS, outcomeSteps } from "./outcome-words";

const MARKS = { done: CircleCheck, now: LoaderCircle, bad: CircleX, ahead: CircleDashed, late: Hourglass } as const;

/** What came of the last fix: accepted, claimed, confirmed; each with its time, and when the last is due. */
export function OutcomeSteps({ outcome }: { outcome: FixOutcome }) {
  // Only the clock tells that it is overdue.
  const overdue = useTicked((now_ms) => now_ms > Date.parse(outcome.due_at));
  const due = useTicked((now_ms) => relativeTime(outcome.due_at, now_ms));
  return (
    <div className={styles.outcome} aria-live="polite">
      <h3>{FIX_WORDS[outcome.fix]}</h3>
      <ol className={styles.steps} aria-label="What came of the fix">
        {outcomeSteps(outcome, overdue, due).map(({ look, words, at }) => {
          const Icon = MARKS[look];
          return (
            <li key={words} data-look={look}>
              <Icon size={14} aria-hidden className={look === "now" ? styles.turning : undefined} />
              <span>{words}</span>
              {at === null ? null : (
                <time dateTime={at} title={exactTime(at)}>
                  {clockTime(at)}
                </time>
              )}
            </li>
          );
        })}
      </ol>
      {outcome.held === null ? null : <p className={styles.quiet}>{outcome.held ? "It still held an hour later." : "It did not hold for an hour."}</p>}
    </div>
  );
}
