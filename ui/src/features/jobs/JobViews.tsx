import styles from "./Jobs.module.css";
import { JOB_VIEWS } from "./job-filters";

/** Filters that are asked for often, by one press. */
export function JobViews({ q, onChoose }: { q: string; onChoose: (q: string) => void }) {
  return (
    <div className={styles.views} role="group" aria-label="Views">
      {JOB_VIEWS.map((view) => (
        <button key={view.words} type="button" className={styles.view} aria-pressed={view.q === q} onClick={() => onChoose(view.q)}>
          {view.words}
        </button>
      ))}
    </div>
  );
}
