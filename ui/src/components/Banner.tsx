import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "../lib/tone";
import styles from "./Banner.module.css";

/** A line across a page or a card that colours what is below it. */
export function Banner({ tone, icon: Icon, children, action }: { tone: Tone; icon: LucideIcon; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={`${styles.banner} ${styles[tone]}`} role={tone === "danger" || tone === "warning" ? "alert" : "status"}>
      <Icon size={15} aria-hidden />
      <p className={styles.words}>{children}</p>
      {action}
    </div>
  );
}
