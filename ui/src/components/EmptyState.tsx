import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Notice.module.css";

/** Nothing here yet: what will be here, and how to make it happen. */
export function EmptyState({ icon: Icon, title, children, action }: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.notice}>
      <Icon size={20} strokeWidth={1.75} aria-hidden className={styles.icon} />
      <p className={styles.title}>{title}</p>
      {children ? <p className={styles.words}>{children}</p> : null}
      {action ? <div className={styles.actions}>{action}</div> : null}
    </div>
  );
}
