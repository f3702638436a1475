import { useSyncExternalStore } from "react";
import { serverNow } from "./clock";

/** One timer for every relative time on the screen. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
/** By this machine's clock: what the database's says may become known between two ticks. */
let tick_ms = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    tick_ms = Date.now();
    timer = setInterval(() => {
      tick_ms = Date.now();
      for (const each of listeners) each();
    }, 1_000);
  }
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
  return useSyncExternalStore(subscribe, () => format(Math.max(serverNow(timer === undefined ? undefined : tick_ms), 0)));
}
