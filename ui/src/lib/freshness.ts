import { useSyncExternalStore } from "react";
import type { Freshness } from "../generated/commands";
import { setServerTime } from "./clock";
import { useTicked } from "./ticker";

/** Older than this is not acted on. */
const STALE_AFTER_MS = 5_000;

type Known = { freshness: Freshness; received_ms: number };

let known: Known = {
  freshness: { state: "connecting", as_of: null, age_ms: 0, read_ms: 0, source: "poll", message: null },
  received_ms: performance.now(),
};
const listeners = new Set<() => void>();

export function setFreshness(freshness: Freshness): void {
  known = { freshness, received_ms: performance.now() };
  if (freshness.as_of !== null) setServerTime(freshness.as_of, freshness.age_ms);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the window's Rust side says, corrected by the silence since: when it hangs, nothing is fresh. */
function judge({ freshness, received_ms }: Known): Freshness {
  const silent_ms = performance.now() - received_ms;
  if (freshness.state !== "live" || freshness.age_ms + silent_ms < STALE_AFTER_MS) return freshness;
  return { ...freshness, state: "stale", message: freshness.message ?? "The window has not heard from its own background part." };
}

export function useFreshness(): Freshness {
  const current = useSyncExternalStore(subscribe, () => known);
  useTicked(() => judge(known).state);
  return judge(current);
}

/** Why nothing may be changed now; `null` when it may. */
export function useWriteBlock(): string | null {
  const freshness = useFreshness();
  switch (freshness.state) {
    case "live":
      return null;
    case "connecting":
      return "Nothing has been read yet. Changes are possible as soon as the first data is here.";
    case "signed_out":
      return "Sign in to change anything.";
    case "stale":
      return "What you see may be out of date. Changes are blocked until it is live again.";
  }
}
