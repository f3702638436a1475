import { DEMO_MODE_STATUSES, demoModeMark } from "../../lib/states/demo-mode";
import styles from "./Users.module.css";
import { fromDemoText, toggleDemo } from "./user-filters";

/** Everyone, or those in some of the states. */
export function DemoModeFilter({ demo, onChange }: { demo: string; onChange: (demo: string | undefined) => void }) {
  const chosen = fromDemoText(demo);
  return (
    <div className={styles.views} role="group" aria-label="Demo mode">
      <button type="button" className={styles.view} aria-pressed={chosen.length === 0} onClick={() => onChange(undefined)}>
        All
      </button>
      {DEMO_MODE_STATUSES.map((status) => (
        <button key={status} type="button" className={styles.view} aria-pressed={chosen.includes(status)} onClick={() => onChange(toggleDemo(demo, status))}>
          {demoModeMark(status).word}
        </button>
      ))}
    </div>
  );
}
