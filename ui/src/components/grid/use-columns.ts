import { type RefObject, useLayoutEffect, useMemo, useState } from "react";
import { type Column, visibleColumns } from "./columns";

/** Widths that a person dragged, by table; they last as long as the window. */
const dragged = new Map<string, ReadonlyMap<string, number>>();
const NONE: ReadonlyMap<string, number> = new Map();

export function useColumns<T>(table: string, all: readonly Column<T>[], grid: RefObject<HTMLElement | null>, scroller: RefObject<HTMLElement | null>) {
  const [bar_px, setBar] = useState(0);
  const [width_px, setWidth] = useState(0);
  const [sizes, setSizes] = useState(dragged.get(table) ?? NONE);
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null) return undefined;
    const measure = () => {
      setWidth(element.clientWidth);
      setBar((scroller.current?.offsetWidth ?? 0) - (scroller.current?.clientWidth ?? 0));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    if (scroller.current?.firstElementChild) observer.observe(scroller.current.firstElementChild);
    return () => observer.disconnect();
  }, [grid, scroller]);
  const columns = useMemo(() => visibleColumns(all, width_px), [all, width_px]);
  const resize = (column: string, size_px: number | null) => {
    const next = new Map(sizes);
    if (size_px === null) next.delete(column);
    else next.set(column, size_px);
    dragged.set(table, next);
    setSizes(next);
  };
  return { columns, sizes, resize, bar_px };
}
