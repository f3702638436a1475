import type { KeyboardEvent } from "react";

/** What a key means in a table. Rows are named by their place. */
export type GridIntent =
  | { do: "move"; to: number; extend: boolean }
  | { do: "header" }
  | { do: "open" | "toggle" | "all" | "escape" | "menu" | "new" };

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** @param page how many rows one screen holds. */
export function gridIntent(event: Key, at: number, rows: number, page: number): GridIntent | null {
  const mod = event.ctrlKey || event.metaKey;
  if (event.altKey) return null;
  if (mod) return event.key.toLowerCase() === "a" ? { do: "all" } : edge(event, rows);
  const move = (to: number): GridIntent => ({ do: "move", to: Math.min(rows - 1, Math.max(0, to)), extend: event.shiftKey });
  switch (event.key) {
    case "ArrowDown":
    case "j":
      return move(at + 1);
    case "ArrowUp":
      return at <= 0 && !event.shiftKey ? { do: "header" } : move(at - 1);
    case "k":
      return move(at - 1);
    case "PageDown":
      return move(at + page);
    case "PageUp":
      return move(at - page);
    case "Home":
      return move(0);
    case "End":
      return move(rows - 1);
    case "Enter":
      return { do: "open" };
    case " ":
    case "x":
      return { do: "toggle" };
    case "Escape":
      return { do: "escape" };
    case ".":
      return { do: "new" };
    case "ContextMenu":
      return { do: "menu" };
    case "F10":
      return event.shiftKey ? { do: "menu" } : null;
    default:
      return null;
  }
}

function edge(event: Key, rows: number): GridIntent | null {
  if (event.key === "Home") return { do: "move", to: 0, extend: event.shiftKey };
  if (event.key === "End") return { do: "move", to: rows - 1, extend: event.shiftKey };
  return null;
}

/** The ids from one row to another, both included, whichever stands first. */
export function idsBetween(ids: readonly string[], from: string | null, to: string): string[] {
  const end = ids.indexOf(to);
  const start = from === null ? end : ids.indexOf(from);
  if (end < 0) return [];
  if (start < 0) return [to];
  return ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}
