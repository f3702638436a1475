import type { LucideIcon } from "lucide-react";
import { Menu as AriaMenu, MenuItem, Separator } from "react-aria-components";
import styles from "./Menu.module.css";

export type MenuEntry = { id: string; label: string; icon?: LucideIcon; danger?: boolean; hint?: string; onPress: () => void } | "line";

export function MenuList({ label, entries }: { label: string; entries: readonly MenuEntry[] }) {
  return (
    <AriaMenu className={styles.menu ?? ""} aria-label={label} autoFocus="first">
      {entries.map((entry, index) =>
        entry === "line" ? (
          // eslint-disable-next-line react/no-array-index-key -- lines have no other identity
          <Separator key={`line-${index}`} className={styles.line ?? ""} />
        ) : (
          <MenuItem key={entry.id} id={entry.id} textValue={entry.label} onAction={entry.onPress} className={`${styles.item} ${entry.danger ? styles.danger : ""}`}>
            {entry.icon ? <entry.icon size={14} aria-hidden /> : null}
            <span className={styles.words}>{entry.label}</span>
            {entry.hint ? <kbd className={styles.hint}>{entry.hint}</kbd> : null}
          </MenuItem>
        ),
      )}
    </AriaMenu>
  );
}
