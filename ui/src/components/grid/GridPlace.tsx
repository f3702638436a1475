import type { ReactNode } from "react";
import styles from "./GridPlace.module.css";

/** A table that fills what the page leaves, with what lies over it. */
export function GridPlace({ children }: { children: ReactNode }) {
  return <div className={styles.place}>{children}</div>;
}
