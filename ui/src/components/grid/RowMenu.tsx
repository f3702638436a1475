import { useRef } from "react";
import { Popover } from "react-aria-components";
import menu from "../Menu.module.css";
import { type MenuEntry, MenuList } from "../MenuList";

export type MenuPlace = { id: string; x: number; y: number };

/** The menu of one row, where the pointer is or at the row itself. */
export function RowMenu({ place, entries, onClose }: { place: MenuPlace; entries: readonly MenuEntry[]; onClose: () => void }) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      <span ref={anchor} style={{ position: "fixed", left: place.x, top: place.y, width: 1, height: 1 }} />
      <Popover aria-label="Row menu" triggerRef={anchor} isOpen onOpenChange={(open) => (open ? undefined : onClose())} placement="bottom start" offset={2} className={menu.popover ?? ""}>
        <MenuList label="Row" entries={entries.map((entry) => (entry === "line" ? entry : { ...entry, onPress: () => [onClose(), entry.onPress()] }))} />
      </Popover>
    </>
  );
}
