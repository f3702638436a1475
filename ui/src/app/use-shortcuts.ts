import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { isMod } from "../lib/platform";
import { enterTable } from "../lib/enter-table";
import { PLACES } from "./places";

/** How long `g` waits for its second key. */
const CHORD_MS = 1_200;

/** Keys that work everywhere but in a field. */
export function useShortcuts(on: { onPalette: () => void; onHelp: () => void }): void {
  const navigate = useNavigate();
  const latest = useRef(on);
  latest.current = on;
  useEffect(() => {
    let chord_ms = -CHORD_MS;
    const onKeyDown = (event: KeyboardEvent) => {
      if (isMod(event) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.onPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return;
      const chord = performance.now() - chord_ms < CHORD_MS;
      chord_ms = -CHORD_MS;
      const place = chord ? PLACES.find(({ key }) => key === event.key) : undefined;
      if (place !== undefined) void navigate({ to: place.to });
      else if (event.key === "g") chord_ms = performance.now();
      else if (event.key === "/") document.querySelector<HTMLElement>("#main [data-search]")?.focus();
      else if (event.key === "?") latest.current.onHelp();
      else if (!(leadsIntoTable(event) && enterTable())) return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the table, where `j` alone goes one row down.
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => document.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [navigate]);
}

/** A page that was just opened has no focus of its own; elsewhere these keys belong to what has it. */
function leadsIntoTable(event: KeyboardEvent): boolean {
  return (event.key === "j" || event.key === "ArrowDown") && event.target === document.body;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}
