import type { ReactNode } from "react";
import type { SortOrder } from "../../lib/sort-text";

export type Column<T> = {
  id: string;
  header: string;
  /** A grid track: "120px", "minmax(160px, 2fr)". */
  width: string;
  align?: "start" | "end";
  /** Left out while the table is narrower than this, px. */
  hideBelow_px?: number;
  cell: (row: T) => ReactNode;
  /** Only for lists that are here whole; a list that is read in pages has the database's order. */
  compare?: (a: T, b: T) => number;
};

export type Sort = SortOrder;

export const COLUMN_MIN_PX = 48;

/** Columns that fit; a table that was not measured yet shows all. */
export function visibleColumns<T>(columns: readonly Column<T>[], width_px: number): readonly Column<T>[] {
  if (width_px === 0) return columns;
  return columns.filter((column) => column.hideBelow_px === undefined || width_px >= column.hideBelow_px);
}

/** `selectable`: a box stands before every row. */
export function gridTemplate<T>(columns: readonly Column<T>[], sizes: ReadonlyMap<string, number>, selectable: boolean): string {
  const widths = columns.map((column) => (sizes.has(column.id) ? `${sizes.get(column.id)}px` : column.width));
  return (selectable ? ["16px", ...widths] : widths).join(" ");
}

export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sort: Sort | null): readonly T[] {
  const compare = columns.find((column) => column.id === sort?.column)?.compare;
  if (compare === undefined || sort === null) return rows;
  const sign = sort.direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => sign * compare(a, b));
}
