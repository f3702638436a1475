import { useSyncExternalStore } from "react";
import { visibleText } from "./visible-text";

/** What the one polite live region says: aggregates, at most every five seconds. */
const EVERY_MS = 5_000;

let message = "";
let waiting: string | null = null;
let last_ms = -EVERY_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function say(text: string): void {
  message = visibleText(text, 500);
  last_ms = performance.now();
  for (const listener of listeners) listener();
}

/** The newest text wins; those it overtakes are never said. */
export function announce(text: string): void {
  waiting = text;
  if (timer !== undefined) return;
  timer = setTimeout(
    () => {
      timer = undefined;
      if (waiting !== null) say(waiting);
      waiting = null;
    },
    Math.max(0, EVERY_MS - (performance.now() - last_ms)),
  );
}

/** The answer to something the person just did: said at once. */
export function announceNow(text: string): void {
  say(text);
}

export function useAnnouncement(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => message,
  );
}
