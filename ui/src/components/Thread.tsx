import type { ReactNode } from "react";
import type { StateMark } from "../lib/states/state-mark";
import styles from "./Thread.module.css";

/** Events in their order, joined by a line. */
export function Thread({ children }: { children: ReactNode }) {
  return <ol className={styles.thread}>{children}</ol>;
}

type ThreadEntryProps = { mark: Pick<StateMark, "icon" | "tone">; title: ReactNode; detail?: ReactNode; by: ReactNode; at?: ReactNode };

/** One event: what, in more words, by whom, when. */
export function ThreadEntry({ mark, title, detail = null, by, at = null }: ThreadEntryProps) {
  return (
    <li className={styles.entry}>
      <mark.icon size={14} aria-hidden className={styles[mark.tone]} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {detail === null ? null : <p className={styles.detail}>{detail}</p>}
        <p className={styles.by}>{by}</p>
      </div>
      {at === null ? null : <span className={styles.at}>{at}</span>}
    </li>
  );
}
