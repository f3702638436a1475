import type { ReactNode } from "react";
import type { MenuEntry } from "../MenuList";
import type { Column, Sort } from "./columns";

export type DataGridProps<T extends { id: string }> = {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  /** Names the list: another filter is another list, and is shown at once. */
  epoch: string;
  /** The newest state of a row that left the list while it is still shown. */
  find?: (id: string) => T | undefined;
  /** The row whose panel is open. */
  openId?: string | null;
  onOpen?: (row: T) => void;
  onFocusRow?: (row: T) => void;
  onEscape?: () => void;
  selection?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  /** What can be done with a row, by its menu. */
  menu?: (row: T) => readonly MenuEntry[];
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** There is more to read than `rows`. */
  more?: boolean;
  onEndReached?: () => void;
  empty: ReactNode;
};
