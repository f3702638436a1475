import type { LucideIcon } from "lucide-react";
import { Button as AriaButton, Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import styles from "./Menu.module.css";

export type MenuEntry = { id: string; label: string; icon?: LucideIcon; danger?: boolean; hint?: string; onPress: () => void } | "line";

/** Actions that are not worth a button of their own. */
export function Menu({ label, icon: Icon, words, entries }: { label: string; icon: LucideIcon; words?: string; entries: readonly MenuEntry[] }) {
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className={styles.trigger ?? ""}>
        <Icon size={15} aria-hidden />
        {words ? <span>{words}</span> : null}
      </AriaButton>
      <Popover className={styles.popover ?? ""} placement="bottom end" offset={4}>
        <AriaMenu className={styles.menu ?? ""} aria-label={label}>
          {entries.map((entry, index) =>
            entry === "line" ? (
              // eslint-disable-next-line react/no-array-index-key -- lines have no other identity
              <Separator key={`line-${index}`} className={styles.line ?? ""} />
            ) : (
              <MenuItem
                key={entry.id}
                id={entry.id}
                textValue={entry.label}
                onAction={entry.onPress}
                className={`${styles.item} ${entry.danger ? styles.danger : ""}`}
              >
                {entry.icon ? <entry.icon size={14} aria-hidden /> : null}
                <span className={styles.words}>{entry.label}</span>
                {entry.hint ? <kbd className={styles.hint}>{entry.hint}</kbd> : null}
              </MenuItem>
            ),
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
