import { CircleCheck, CircleMinus, CircleX } from "lucide-react";
import styles from "./StepReport.module.css";

export type ReportedStep = { id: string; title: string; outcome: "good" | "bad" | "skipped"; words: string };

const MARKS = { good: { icon: CircleCheck, word: "good" }, bad: { icon: CircleX, word: "failed" }, skipped: { icon: CircleMinus, word: "not tried" } } as const;

/** How far something went, step by step, and what to do where it stopped. */
export function StepReport({ label, steps }: { label: string; steps: readonly ReportedStep[] }) {
  return (
    <ol className={styles.steps} aria-label={label}>
      {steps.map(({ id, title, outcome, words }) => {
        const { icon: Icon, word } = MARKS[outcome];
        return (
          <li key={id} className={styles.step} data-outcome={outcome}>
            <Icon size={14} role="img" aria-label={word} />
            <span className={styles.title}>{title}</span>
            <span className={styles.words}>{words}</span>
          </li>
        );
      })}
    </ol>
  );
}
