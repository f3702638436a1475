/** A row that the stream can replace. `version` grows with every change of state. */
export type LiveRow = { id: string; version: number };

type Known<T> = { row: T; asOf: string };

/**
 * The newest state of the rows that the stream brought lately, so that a page that was read a moment earlier
 * cannot bring an old state back, and so that rows that left a list can still be shown.
 */
export class LiveRows<T extends LiveRow> {
  private readonly known = new Map<string, Known<T>>();
  private readonly rows_max: number;

  constructor(rows_max = 2_000) {
    this.rows_max = rows_max;
  }

  /** Takes a batch; gives back those rows that are news. */
  take(rows: readonly T[], asOf: string): T[] {
    const news = rows.filter((row) => {
      const before = this.known.get(row.id);
      return before === undefined || isNewer(row, asOf, before.row, before.asOf);
    });
    for (const row of news) {
      this.known.delete(row.id);
      this.known.set(row.id, { row, asOf });
    }
    for (const id of this.known.keys()) {
      if (this.known.size <= this.rows_max) break;
      this.known.delete(id);
    }
    return news;
  }

  /** The rows of a page that was read at `asOf`, each at least as new as the stream's. */
  overlay(rows: readonly T[], asOf: string): T[] {
    return rows.map((row) => {
      const live = this.known.get(row.id);
      return live !== undefined && isNewer(live.row, live.asOf, row, asOf) ? live.row : row;
    });
  }

  get(id: string): T | undefined {
    return this.known.get(id)?.row;
  }

  clear(): void {
    this.known.clear();
  }
}

/** Versions decide; within one version (progress, lease) the later read does. */
function isNewer<T extends LiveRow>(a: T, aAsOf: string, b: T, bAsOf: string): boolean {
  return a.version === b.version ? Date.parse(aAsOf) >= Date.parse(bAsOf) : a.version > b.version;
}
