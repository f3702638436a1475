export type Toast = { id: number; words: string };

const TOASTS_MAX = 3;
const SHOWN_MS = 6_000;

let list: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  list = next;
  for (const listener of listeners) listener();
}

export function toasts(): readonly Toast[] {
  return list;
}

export function watchToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function toast(words: string): void {
  const id = nextId++;
  set([...list.slice(1 - TOASTS_MAX), { id, words }]);
  setTimeout(() => dismissToast(id), SHOWN_MS);
}

export function dismissToast(id: number): void {
  if (list.some((each) => each.id === id)) set(list.filter((each) => each.id !== id));
}
