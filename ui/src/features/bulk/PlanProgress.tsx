import { Progress } from "../../components/Progress";
import { VisibleText } from "../../components/VisibleText";
import type { BulkPlanView } from "../../generated/commands";
import { count } from "../../lib/numbers";
import styles from "./Bulk.module.css";

/** How far it is, and what went wrong so far. */
export function PlanProgress({ view }: { view: BulkPlanView }) {
  const { plan, failures, waiting } = view;
  const ended = plan.will_change - waiting;
  return (
    <section className={styles.card} aria-labelledby="bulk-progress">
      <h2 id="bulk-progress">Progress</h2>
      <Progress value={plan.will_change === 0 ? 100 : (ended * 100) / plan.will_change} label="Progress of the plan" words={`${count(ended)} of ${count(plan.will_change)}`} />
      <ul className={styles.counts} aria-live="polite">
        <li data-forecast="done">
          <strong>{count(plan.done)}</strong> done
        </li>
        <li data-forecast="failed">
          <strong>{count(plan.failed)}</strong> failed
        </li>
        <li>
          <strong>{count(waiting)}</strong> waiting
        </li>
      </ul>
      {failures.length === 0 ? null : (
        <ul className={styles.reasons}>
          {failures.map((failure) => (
            <li key={`${failure.code} ${failure.result}`}>
              <span className={styles.number}>{count(failure.count)}</span>
              <VisibleText text={failure.result} max={300} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
