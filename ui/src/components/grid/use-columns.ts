import { type RefObject, useLayoutEffect, useMemo, useState } from "react";
import { type Column, visibleColumns } from "./columns";

/** Widths that a person dragged, by table; they last as long as the window. */
const dragged = new Map<string, ReadonlyMap<string, number>>();
const NONE: ReadonlyMap<string, number> = new Map();

export function useColumns<T>(table: string, all: readonly Column<T>[], grid: RefObject<HTMLElement | null>) {
  const [width_px, setWidth] = useState(0);
  const [sizes, setSizes] = useState(dragged.get(table) ?? NONE);
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null) return undefined;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [grid]);
  const columns = useMemo(() => visibleColumns(all, width_px), [all, width_px]);
  const resize = (column: string, size_px: number | null) => {
    const next = new Map(sizes);
    if (size_px === null) next.delete(column);
    else next.set(column, size_px);
    dragged.set(table, next);
    setSizes(next);
  };
  return { columns, sizes, resize };
}
