import type { ReactNode } from "react";
import styles from "./Page.module.css";

type PageProps = { title: string; tools?: ReactNode; children: ReactNode; scroll?: boolean };

/** A page: its title, its tools in one line, and the rest of the window for its content. */
export function Page({ title, tools, children, scroll = false }: PageProps) {
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{title}</h1>
        {tools}
      </header>
      <div className={scroll ? styles.scroll : styles.fill}>{children}</div>
    </div>
  );
}
