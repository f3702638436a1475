import { type ReactNode, useId } from "react";
import styles from "./Settings.module.css";

export function Section({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.about}>
        <h2 id={id}>{title}</h2>
        <p className={styles.words}>{words}</p>
      </div>
      <div className={styles.content}>{children}</div>
    </section>
  );
}
