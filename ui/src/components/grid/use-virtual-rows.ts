import { type Range, defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

const OVERSCAN_ROWS = 10;
/** The next page is asked for this many rows before the end. */
const AHEAD_ROWS = 20;

type VirtualRows = {
  rows: readonly { id: string }[];
  height_px: number;
  focusedId: string | null;
  more: boolean;
  onEndReached: (() => void) | undefined;
  scroller: RefObject<HTMLElement | null>;
  grid: RefObject<HTMLElement | null>;
};

/** Which rows are in the page: those in sight, and the focused one. */
export function useVirtualRows({ rows, height_px, focusedId, more, onEndReached, scroller, grid }: VirtualRows) {
  const wantFocus = useRef(false);
  const focusedAt = focusedId === null ? -1 : rows.findIndex((row) => row.id === focusedId);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height_px,
    overscan: OVERSCAN_ROWS,
    initialRect: { width: 800, height: 640 },
    getItemKey: (index) => rows[index]?.id ?? index,
    // Wherever the focused row is, its focus must not fall to the document.
    rangeExtractor: (range: Range) => {
      const indexes = defaultRangeExtractor(range);
      return focusedAt < 0 || indexes.includes(focusedAt) ? indexes : [...indexes, focusedAt].sort((a, b) => a - b);
    },
  });
  useEffect(() => virtual.measure(), [virtual, height_px]);

  useLayoutEffect(() => {
    if (!wantFocus.current || focusedAt < 0) return;
    wantFocus.current = false;
    virtual.scrollToIndex(focusedAt, { align: "auto" });
    grid.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(focusedId ?? "")}"]`)?.focus({ preventScroll: true });
  });

  const lastSeen = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && lastSeen >= rows.length - AHEAD_ROWS) onEndReached?.();
  }, [more, lastSeen, rows.length, onEndReached]);

  return { virtual, focusedAt, wantFocus };
}
