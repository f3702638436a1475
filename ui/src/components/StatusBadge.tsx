import type { StateMark } from "../lib/states/state-mark";
import styles from "./StatusBadge.module.css";

/** A state: shape, word and colour together. */
export function StatusBadge({ mark, look = "plain" }: { mark: StateMark; look?: "plain" | "pill" }) {
  const Icon = mark.icon;
  return (
    <span className={`${styles.badge} ${styles[mark.tone]} ${styles[look]}`}>
      <Icon size={14} strokeWidth={2.25} aria-hidden className={mark.moving ? styles.moving : undefined} />
      <span className={styles.word}>{mark.word}</span>
    </span>
  );
}
