import { useSyncExternalStore } from "react";
import type { ProductionLock } from "../generated/commands";

/** Whether production may be changed: `none` where that is always so. */
type LockState = { state: "none" } | { state: "locked" } | { state: "open"; until_ms: number; reason: string };

const NONE: LockState = { state: "none" };
const LOCKED: LockState = { state: "locked" };
/** Looked at again this often: a timer of the page stands still while the machine sleeps. */
const LOOK_MS = 1_000;

let from: ProductionLock | null | undefined;
let known: LockState = NONE;
const listeners = new Set<() => void>();

function know(next: LockState): void {
  known = next;
  for (const listener of listeners) listener();
}

/** Takes over what the window says. The same object again is old news: its seconds were counted from when it came. */
export function setProductionLock(lock: ProductionLock | null): void {
  if (lock === from) return;
  from = lock;
  if (lock === null) know(NONE);
  else if (lock.open_for_s === null) know(LOCKED);
  else know({ state: "open", until_ms: Date.now() + lock.open_for_s * 1_000, reason: lock.reason ?? "" });
}

function look(): void {
  if (known.state === "open" && Date.now() >= known.until_ms) know(LOCKED);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const timer = setInterval(look, LOOK_MS);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
  };
}

export function useProductionLock(): LockState {
  return useSyncExternalStore(subscribe, () => known);
}

/** "14:32". */
export function countdown(until_ms: number, now_ms: number): string {
  const left_s = Math.max(0, Math.ceil((until_ms - now_ms) / 1_000));
  return `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}`;
}
