import { useSyncExternalStore } from "react";
import type { Freshness } from "../generated/commands";
import { setServerTime } from "./clock";

/** Older than this is not acted on; a second remains to say so before five have passed. */
const STALE_AFTER_MS = 4_000;

/** The Rust side says something every second. */
const HEARTBEATS_MS = 2_500;

type Known = { freshness: Freshness; received_ms: number };

let known: Known = {
  freshness: { state: "connecting", as_of: null, age_ms: 0, read_ms: 0, source: "poll", message: null, api_problem: null },
  received_ms: performance.now(),
};
let turning: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function know(next: Known): void {
  known = next;
  for (const listener of listeners) listener();
}

export function setFreshness(freshness: Freshness): void {
  if (freshness.as_of !== null) setServerTime(freshness.as_of, freshness.age_ms);
  know({ freshness, received_ms: performance.now() });
  clearTimeout(turning);
  // Told at the moment at which it turns stale, not at the next tick of a clock.
  turning = setTimeout(() => know({ ...known }), Math.max(0, STALE_AFTER_MS - freshness.age_ms));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the window's Rust side says, corrected by the silence since: when it hangs, nothing is fresh. */
function judge({ freshness, received_ms }: Known): Freshness {
  const silent_ms = performance.now() - received_ms;
  if (freshness.state !== "live" || freshness.age_ms + silent_ms < STALE_AFTER_MS) return freshness;
  const silent = "The window has not heard from its own background part.";
  return { ...freshness, state: "stale", message: freshness.message ?? (silent_ms > HEARTBEATS_MS ? silent : "The database does not answer.") };
}

export function useFreshness(): Freshness {
  return judge(useSyncExternalStore(subscribe, () => known));
}

/** Why nothing may be changed now; `null` when it may. */
export function useWriteBlock(): string | null {
  const freshness = useFreshness();
  switch (freshness.state) {
    case "live":
      return freshness.api_problem === null ? null : `${freshness.api_problem} Changes are possible again as soon as the API is back.`;
    case "connecting":
      return "Nothing has been read yet. Changes are possible as soon as the first data is here.";
    case "signed_out":
      return "Sign in to change anything.";
    case "stale":
      return "What you see may be out of date. Changes are blocked until it is live again.";
  }
}
