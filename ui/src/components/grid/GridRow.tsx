import { Check } from "lucide-react";
import { type CSSProperties, memo } from "react";
import type { Column } from "./columns";
import styles from "./DataGrid.module.css";

type GridRowProps<T> = {
  row: T;
  id: string;
  index: number;
  top_px: number;
  height_px: number;
  columns: readonly Column<T>[];
  tabStop: boolean;
  open: boolean;
  selected: boolean | undefined;
};

function Row<T>({ row, id, index, top_px, height_px, columns, tabStop, open, selected }: GridRowProps<T>) {
  // Inline, so that the virtualiser never measures rows that the style sheet has not reached yet.
  const style: CSSProperties = { position: "absolute", insetInline: 0, top: 0, height: height_px, transform: `translateY(${top_px}px)` };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-id={id}
      data-open={open || undefined}
      tabIndex={tabStop ? 0 : -1}
      className={styles.row}
      style={style}
    >
      {selected === undefined ? null : (
        // The row itself is selected, by Space or here: the box says nothing that the row does not.
        <div role="gridcell" className={styles.check} data-check>
          <span className={styles.box}>{selected ? <Check size={12} strokeWidth={3} aria-hidden /> : null}</span>
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={column.align === "end" ? styles.end : styles.cell}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Renders again only when its own row, place or marks change. */
export const GridRow = memo(Row) as typeof Row;
