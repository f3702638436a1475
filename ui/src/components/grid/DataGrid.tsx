import { type Range, defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useHeldRows } from "../../lib/hold-order";
import { plural } from "../../lib/numbers";
import { useRowHeight } from "../../lib/session";
import { type Column, type Sort, gridTemplate, sortRows } from "./columns";
import styles from "./DataGrid.module.css";
import { GridHeader } from "./GridHeader";
import { GridRow } from "./GridRow";
import { gridIntent, idsBetween } from "./grid-keys";
import { useColumns } from "./use-columns";
import { useHold } from "./use-hold";

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
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** There is more to read than `rows`. */
  more?: boolean;
  onEndReached?: () => void;
  empty: ReactNode;
};

const NONE: ReadonlySet<string> = new Set();
const nothing = () => undefined;

/** A table that stays still while it is read: one tab stop, the whole keyboard, only the rows in sight in the page. */
export function DataGrid<T extends { id: string }>(props: DataGridProps<T>) {
  const { label, columns: allColumns, epoch, openId = null, selection = NONE, sort = null, more = false } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [anchorId, setAnchorId] = useState<string | null>(null);
  const [releases, setReleases] = useState(0);
  const wantFocus = useRef(false);
  const height_px = useRowHeight();
  const hold = useHold(selection.size > 0);
  const { columns, sizes, resize, bar_px } = useColumns(label, allColumns, grid, scroller);

  const sorted = useMemo(() => sortRows(props.rows, allColumns, sort), [props.rows, allColumns, sort]);
  const list = `${epoch}|${sort?.column ?? ""}${sort?.direction ?? ""}|${releases}`;
  const { rows, newCount } = useHeldRows(sorted, hold.held, list, props.find ?? nothing);

  const focusedAt = focusedId === null ? -1 : rows.findIndex((row) => row.id === focusedId);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height_px,
    overscan: 10,
    initialRect: { width: 800, height: 640 },
    getItemKey: (index) => rows[index]?.id ?? index,
    // The focused row stays in the page, wherever it is: its focus must not fall to the document.
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

  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  const { onEndReached } = props;
  useEffect(() => {
    if (more && lastSeen >= rows.length - 20) onEndReached?.();
  }, [more, lastSeen, rows.length, onEndReached]);

  const focusRow = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    wantFocus.current = true;
    setFocusedId(row.id);
    props.onFocusRow?.(row);
  };

  const selectTo = (to: string) => {
    props.onSelect?.(new Set(idsBetween(rows.map((row) => row.id), anchorId ?? focusedId, to)));
    setAnchorId((before) => before ?? focusedId);
  };

  const toggle = (id: string) => {
    const next = new Set(selection);
    if (!next.delete(id)) next.add(id);
    setAnchorId(id);
    props.onSelect?.(next);
  };

  const showNew = () => {
    setReleases((before) => before + 1);
    virtual.scrollToOffset(0);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget && (event.target as HTMLElement).dataset["id"] === undefined) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 640) / height_px) - 1);
    const intent = gridIntent(event, focusedAt, rows.length, page);
    const row = rows[Math.max(0, focusedAt)];
    if (intent === null || row === undefined) return;
    switch (intent.do) {
      case "move":
        focusRow(intent.to);
        if (intent.extend && props.onSelect) selectTo(rows[intent.to]?.id ?? row.id);
        break;
      case "header":
        grid.current?.querySelector<HTMLElement>("[data-header]")?.focus();
        break;
      case "open":
        props.onOpen?.(row);
        break;
      case "toggle":
        toggle(row.id);
        break;
      case "all":
        props.onSelect?.(new Set(rows.map((each) => each.id)));
        break;
      case "escape":
        if (selection.size > 0) props.onSelect?.(NONE);
        else if (props.onEscape) props.onEscape();
        else return;
        break;
      case "new":
        showNew();
        break;
      case "menu":
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = (event: MouseEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const id = target.closest<HTMLElement>("[data-id]")?.dataset["id"];
    const row = rows.find((each) => each.id === id);
    if (row === undefined || target.closest("a, button") !== null) return;
    setFocusedId(row.id);
    if (event.shiftKey && props.onSelect) selectTo(row.id);
    else if ((event.metaKey || event.ctrlKey) && props.onSelect) toggle(row.id);
    else props.onOpen?.(row);
  };

  const tabStop = focusedAt >= 0 ? focusedAt : 0;
  return (
    <div className={styles.frame} style={{ "--columns": gridTemplate(columns, sizes), "--bar": `${bar_px}px` } as React.CSSProperties}>
      <div
        ref={grid}
        role="grid"
        aria-label={label}
        aria-rowcount={more ? -1 : rows.length + 1}
        aria-colcount={columns.length}
        aria-multiselectable={props.onSelect ? true : undefined}
        className={styles.grid}
        onKeyDown={onKeyDown}
        onClick={onClick}
        {...hold.events}
        onFocus={(event) => {
          hold.events.onFocus();
          // Also when the focus came by Tab, or by a press on something within the row.
          const id = event.target.closest<HTMLElement>("[data-id]")?.dataset["id"];
          if (id !== undefined) setFocusedId(id);
        }}
      >
        <div role="rowgroup">
          <GridHeader columns={columns} sort={sort} onSort={props.onSort} onSize={resize} onLeave={() => focusRow(tabStop)} />
        </div>
        {newCount > 0 ? (
          <button type="button" className={styles.banner} onClick={showNew}>
            {plural(newCount, "new row")} <kbd>.</kbd>
          </button>
        ) : null}
        <div
          ref={scroller}
          role={rows.length > 0 ? "rowgroup" : "presentation"}
          style={{ height: "100%", overflowY: "auto", position: "relative", contain: "strict" }}
          onScroll={(event) => hold.onScrolled(event.currentTarget.scrollTop > 0)}
        >
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {items.map((item) => {
              const row = rows[item.index];
              return row === undefined ? null : (
                <GridRow
                  key={item.key}
                  row={row}
                  id={row.id}
                  index={item.index}
                  top_px={item.start}
                  height_px={height_px}
                  columns={columns}
                  tabStop={item.index === tabStop}
                  open={row.id === openId}
                  selected={props.onSelect ? selection.has(row.id) : undefined}
                />
              );
            })}
          </div>
          {rows.length === 0 ? props.empty : null}
        </div>
      </div>
    </div>
  );
}
