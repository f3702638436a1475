import type { LucideIcon } from "lucide-react";
import { Button as AriaButton, MenuTrigger, Popover } from "react-aria-components";
import styles from "./Menu.module.css";
import { type MenuEntry, MenuList } from "./MenuList";

/** Actions that are not worth a button of their own. */
export function Menu({ label, icon: Icon, words, entries }: { label: string; icon: LucideIcon; words?: string; entries: readonly MenuEntry[] }) {
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className={styles.trigger ?? ""}>
        <Icon size={15} aria-hidden />
        {words === undefined ? null : <span>{words}</span>}
      </AriaButton>
      <Popover className={styles.popover ?? ""} placement="bottom end" offset={4}>
        <MenuList label={label} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}
