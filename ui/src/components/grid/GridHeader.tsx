import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, PointerEvent } from "react";
import { COLUMN_MIN_PX, type Column, type Sort } from "./columns";
import styles from "./DataGrid.module.css";

const KEY_STEP_PX = 16;

type GridHeaderProps<T> = {
  columns: readonly Column<T>[];
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
  onSize: (column: string, width_px: number | null) => void;
  /** Back down to the rows. */
  onLeave: () => void;
  /** Where rows can be selected: whether all, some or none of those shown are. */
  chosen: "all" | "some" | "none" | null;
  onChooseAll: () => void;
};

/** Reached from the first row by the arrow up; sizes change by dragging, or by Alt and an arrow. */
export function GridHeader<T>({ columns, sort, onSort, onSize, onLeave, chosen, onChooseAll }: GridHeaderProps<T>) {
  const press = (column: Column<T>) => {
    if (column.compare === undefined || onSort === undefined) return;
    const again = sort?.column === column.id && sort.direction === "ascending";
    onSort({ column: column.id, direction: again ? "descending" : "ascending" });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, column: Column<T>) => {
    const cell = event.currentTarget;
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step !== 0 && event.altKey) onSize(column.id, Math.max(COLUMN_MIN_PX, cell.offsetWidth + step * KEY_STEP_PX));
    else if (step !== 0) (step > 0 ? cell.nextElementSibling : cell.previousElementSibling as HTMLElement | null)?.dispatchEvent(new Event("grid-focus"));
    else if (event.key === "ArrowDown" || event.key === "Escape") onLeave();
    else if (event.key === "Enter" || event.key === " ") press(column);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div role="row" aria-rowindex={1} className={styles.header}>
      {chosen === null ? null : (
        <div role="columnheader" className={styles.check}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label="Select all rows shown"
            checked={chosen === "all"}
            onChange={onChooseAll}
            ref={(box) => {
              if (box !== null) box.indeterminate = chosen === "some";
            }}
          />
        </div>
      )}
      {columns.map((column) => {
        const direction = sort?.column === column.id ? sort.direction : undefined;
        const Arrow = direction === "descending" ? ArrowDown : ArrowUp;
        return (
          // The grid pattern puts the keys on the header's cell itself: it is in the grid's one tab stop.
          <div
            key={column.id}
            role="columnheader"
            aria-sort={column.compare ? (direction ?? "none") : undefined}
            tabIndex={-1}
            data-header={column.id}
            className={`${column.align === "end" ? styles.end : styles.cell} ${column.compare ? styles.sortable : ""}`}
            onClick={() => press(column)}
            onKeyDown={(event) => onKeyDown(event, column)}
            ref={(cell) => {
              const focus = () => cell?.focus();
              cell?.addEventListener("grid-focus", focus);
              return () => cell?.removeEventListener("grid-focus", focus);
            }}
          >
            <span className={styles.headWord}>{column.header}</span>
            {direction ? <Arrow size={12} aria-hidden /> : null}
            <span
              className={styles.handle}
              aria-hidden
              onClick={(event) => event.stopPropagation()}
              onDoubleClick={() => onSize(column.id, null)}
              onPointerDown={(event) => drag(event, (width_px) => onSize(column.id, width_px))}
            />
          </div>
        );
      })}
    </div>
  );
}

function drag(event: PointerEvent<HTMLElement>, onWidth: (width_px: number) => void): void {
  const handle = event.currentTarget;
  const cell = handle.parentElement;
  if (cell === null || event.button !== 0) return;
  const from_px = event.clientX;
  const width_px = cell.offsetWidth;
  handle.setPointerCapture(event.pointerId);
  const move = (next: globalThis.PointerEvent) => onWidth(Math.max(COLUMN_MIN_PX, width_px + next.clientX - from_px));
  handle.addEventListener("pointermove", move);
  handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), { once: true });
}
