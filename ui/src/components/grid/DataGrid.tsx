import { type CSSProperties, type KeyboardEvent, type MouseEvent, useMemo, useRef, useState } from "react";
import { useHeldRows } from "../../lib/hold-order";
import { plural } from "../../lib/numbers";
import { useRowHeight } from "../../lib/session";
import { gridTemplate, sortRows } from "./columns";
import styles from "./DataGrid.module.css";
import { GridHeader } from "./GridHeader";
import { GridRow } from "./GridRow";
import { type MenuPlace, RowMenu } from "./RowMenu";
import { gridIntent, idsBetween } from "./grid-keys";
import type { DataGridProps } from "./grid-props";
import { useColumns } from "./use-columns";
import { useHold } from "./use-hold";
import { useVirtualRows } from "./use-virtual-rows";

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
  const [menuAt, setMenuAt] = useState<MenuPlace | null>(null);
  const height_px = useRowHeight();
  const hold = useHold(selection.size > 0);
  const { columns, sizes, resize, bar_px } = useColumns(label, allColumns, grid, scroller);

  const sorted = useMemo(() => sortRows(props.rows, allColumns, sort), [props.rows, allColumns, sort]);
  const list = `${epoch}|${sort?.column ?? ""}${sort?.direction ?? ""}|${releases}`;
  const { rows, newCount } = useHeldRows(sorted, hold.held, list, props.find ?? nothing);

  const { virtual, focusedAt, wantFocus } = useVirtualRows({ rows, height_px, focusedId, more, onEndReached: props.onEndReached, scroller, grid });
  const items = virtual.getVirtualItems();

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

  const openMenu = (row: T, at?: { x: number; y: number }): boolean => {
    const box = grid.current?.querySelector(`[data-id="${CSS.escape(row.id)}"]`)?.getBoundingClientRect();
    if (props.menu === undefined) return false;
    setMenuAt({ id: row.id, x: at?.x ?? (box?.left ?? 0) + 24, y: at?.y ?? box?.bottom ?? 0 });
    return true;
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
        if (!openMenu(row)) return;
        break;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const rowOf = (target: EventTarget): T | undefined => {
    const id = (target as HTMLElement).closest<HTMLElement>("[data-id]")?.dataset["id"];
    return rows.find((each) => each.id === id);
  };

  const onClick = (event: MouseEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const row = rowOf(target);
    if (row === undefined || target.closest("a, button") !== null) return;
    setFocusedId(row.id);
    if (event.shiftKey && props.onSelect) selectTo(row.id);
    else if (target.closest("[data-check]") !== null) {
      toggle(row.id);
      // The keys go on from here.
      target.closest<HTMLElement>("[data-id]")?.focus();
    }
    else if ((event.metaKey || event.ctrlKey) && props.onSelect) toggle(row.id);
    else props.onOpen?.(row);
  };

  const chosen = selection.size === 0 ? "none" : rows.every((row) => selection.has(row.id)) ? "all" : "some";
  const tabStop = focusedAt >= 0 ? focusedAt : 0;
  const menuRow = menuAt === null ? undefined : rows.find((row) => row.id === menuAt.id);
  return (
    <div className={styles.frame} {...hold.events} style={{ "--columns": gridTemplate(columns, sizes, props.onSelect !== undefined), "--bar": `${bar_px}px` } as CSSProperties}>
      <div
        ref={grid}
        role="grid"
        aria-label={label}
        aria-rowcount={more ? -1 : rows.length + 1}
        aria-colcount={columns.length + (props.onSelect ? 1 : 0)}
        aria-multiselectable={props.onSelect ? true : undefined}
        className={styles.grid}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onContextMenu={(event) => {
          const row = rowOf(event.target);
          if (row === undefined || !openMenu(row, { x: event.clientX, y: event.clientY })) return;
          setFocusedId(row.id);
          event.preventDefault();
        }}
        onFocus={(event) => {
          // Also when the focus came by Tab, or by a press on something within the row.
          const id = event.target.closest<HTMLElement>("[data-id]")?.dataset["id"];
          if (id !== undefined) setFocusedId(id);
        }}
      >
        <div role="rowgroup">
          <GridHeader columns={columns} sort={sort} onSort={props.onSort} onSize={resize} onLeave={() => focusRow(tabStop)} chosen={props.onSelect ? chosen : null} onChooseAll={() => props.onSelect?.(chosen === "all" ? NONE : new Set(rows.map((row) => row.id)))} />
        </div>
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
      {newCount > 0 ? (
        <button type="button" className={styles.banner} onClick={showNew}>
          {plural(newCount, "new row")} <kbd>.</kbd>
        </button>
      ) : null}
      {menuAt !== null && menuRow !== undefined && props.menu ? <RowMenu place={menuAt} entries={props.menu(menuRow)} onClose={() => setMenuAt(null)} /> : null}
    </div>
  );
}
