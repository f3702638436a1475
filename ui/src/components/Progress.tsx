import styles from "./Progress.module.css";
import { VisibleText } from "./VisibleText";

/** How far something is, 0 to 100. The figure stands beside the bar. */
export function Progress({ value, label, words }: { value: number; label: string; words?: string | null | undefined }) {
  const share = Math.min(100, Math.max(0, Math.round(value)));
  return (
    <span className={styles.progress}>
      <progress className={styles.bar} value={share} max={100} aria-label={label} />
      <span className={styles.figure}>{share} %</span>
      {words ? (
        <span className={styles.words}>
          <VisibleText text={words} max={200} />
        </span>
      ) : null}
    </span>
  );
}
