import type { LiveRow } from "./live-rows";

/** Whether a row belongs in a list: `unknown` when only the database can tell. */
export type Belongs = "yes" | "no" | "unknown";

export type MergeRules<T> = {
  belongs: (row: T) => Belongs;
  /** The list's order: negative when `a` stands before `b`. */
  compare: (a: T, b: T) => number;
  /** False where the list's end was not read yet: rows that sort behind the last one are left for the next page. */
  complete: boolean;
};

export type Merged<T> = { rows: readonly T[]; changed: boolean; reread: boolean };

/** Brings changed rows into a sorted list. Unchanged rows keep their identity, so that they are not rendered again. */
export function mergeRows<T extends LiveRow>(rows: readonly T[], news: readonly T[], rules: MergeRules<T>): Merged<T> {
  const byId = new Map(news.map((row) => [row.id, row]));
  let changed = false;
  let reread = false;
  const kept: T[] = [];
  for (const row of rows) {
    const fresh = byId.get(row.id);
    byId.delete(row.id);
    if (fresh === undefined || fresh.version < row.version) {
      kept.push(row);
      continue;
    }
    changed = true;
    const belongs = rules.belongs(fresh);
    if (belongs === "unknown") reread = true;
    if (belongs !== "no") kept.push(fresh);
  }
  const last = rows.at(-1);
  for (const row of byId.values()) {
    const belongs = rules.belongs(row);
    if (belongs === "unknown") reread = true;
    if (belongs !== "yes") continue;
    if (!rules.complete && last !== undefined && rules.compare(row, last) > 0) continue;
    insert(kept, row, rules.compare);
    changed = true;
  }
  return { rows: changed ? kept : rows, changed, reread };
}

function insert<T>(rows: T[], row: T, compare: (a: T, b: T) => number): void {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = rows[middle];
    if (other !== undefined && compare(other, row) <= 0) low = middle + 1;
    else high = middle;
  }
  rows.splice(low, 0, row);
}
