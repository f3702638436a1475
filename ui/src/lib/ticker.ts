import { useSyncExternalStore } from "react";
import { serverNow } from "./clock";

/** One timer for every relative time on the screen. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick_ms = serverNow();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick_ms = serverNow();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Renders again only when the text that `format` makes of the present changes. */
export function useTicked<T extends string | number | boolean | null>(format: (now_ms: number) => T): T {
  // While nobody else ticks, the last tick may be old.
  return useSyncExternalStore(subscribe, () => format(timer === undefined ? serverNow() : Math.max(tick_ms, 0)));
}
