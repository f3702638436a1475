import type { ReactNode } from "react";
import styles from "./Actions.module.css";

/** Buttons beside each other, as many in a line as fit. */
export function Actions({ label, children }: { label?: string; children: ReactNode }) {
  return (
    <div className={styles.actions} {...(label === undefined ? {} : { role: "group", "aria-label": label })}>
      {children}
    </div>
  );
}
