import { useRef } from "react";

type Identified = { id: string };

export type Held<T> = {
  rows: readonly T[];
  /** Rows that wait behind the "N new" banner. */
  newCount: number;
};

/**
 * Keeps the order and the membership of a list that a person is reading. Contents stay live: each held row shows its
 * newest state, also when it no longer belongs in the list.
 */
export function holdOrder<T extends Identified>(
  shown: readonly T[],
  latest: readonly T[],
  find: (id: string) => T | undefined,
): Held<T> {
  const byId = new Map(latest.map((row) => [row.id, row]));
  let same = shown.length <= latest.length;
  const rows = shown.map((row, index) => {
    const fresh = byId.get(row.id) ?? find(row.id) ?? row;
    if (fresh !== latest[index]) same = false;
    byId.delete(row.id);
    return fresh;
  });
  const last = shown.at(-1);
  const lastAt = last === undefined ? -1 : latest.findIndex((row) => row.id === last.id);
  // What follows the last shown row is the next page, not news: it cannot move anything.
  const appended = lastAt < 0 ? [] : latest.slice(lastAt + 1).filter((row) => byId.delete(row.id));
  if (same && rows.length + appended.length === latest.length) return { rows: latest, newCount: 0 };
  return { rows: [...rows, ...appended], newCount: byId.size };
}

/** The list to show. `epoch` names the list: another one (a new filter) is shown at once, as is a press on "N new". */
export function useHeldRows<T extends Identified>(
  latest: readonly T[],
  held: boolean,
  epoch: string,
  find: (id: string) => T | undefined,
): Held<T> {
  const state = useRef<{ epoch: string; rows: readonly T[] }>({ epoch, rows: latest });
  const fresh = !held || state.current.epoch !== epoch || state.current.rows.length === 0;
  const result = fresh ? { rows: latest, newCount: 0 } : holdOrder(state.current.rows, latest, find);
  state.current = { epoch, rows: result.rows };
  return result;
}
