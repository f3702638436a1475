import type { ReactNode } from "react";
import styles from "./Reading.module.css";

/** In the place of what is still being read. */
export function Reading({ children }: { children: ReactNode }) {
  return <p className={styles.reading}>{children}</p>;
}
