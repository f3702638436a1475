import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./Button";
import styles from "./SidePanel.module.css";

/** The place beside a table for the thing that is opened from it. */
export function SidePanelPlace({ children }: { children: ReactNode }) {
  return <div className={styles.place}>{children}</div>;
}

/** One thing, opened from a table. Escape closes it from anywhere in it, as it does from the table. */
export function SidePanel({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  return (
    <aside
      aria-label={label}
      className={styles.panel}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <div className={styles.close}>
        <IconButton icon={X} label="Close panel" shortcut="Esc" onPress={onClose} />
      </div>
      {children}
    </aside>
  );
}

/** What it is; beside it its state and its id. */
export function SidePanelHead({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <header className={styles.head}>
      <h2 className={styles.title}>{title}</h2>
      {children}
    </header>
  );
}
