import { Keyboard, Lock, LockOpen, Palette, Rows3 } from "lucide-react";
import { DENSITIES, THEMES } from "../lib/appearance";
import { useProductionLock } from "../lib/production-lock";
import { useChangePreferences } from "../ipc/use-change-preferences";
import type { PaletteItem } from "./palette-items";
import { useLockProduction } from "./use-session-actions";

/** What can be done from anywhere, and hurts nobody who meant to look for something: it is one Enter away from what was not found. */
export function usePaletteActions(on: { onHelp: () => void; onUnlock: () => void }): PaletteItem[] {
  const lock = useProductionLock();
  const lockNow = useLockProduction();
  const { preferences, change } = useChangePreferences();
  const locks: Record<typeof lock.state, PaletteItem[]> = {
    none: [],
    locked: [{ id: "do unlock", words: "Unlock for changes…", icon: LockOpen, hint: "15 minutes", onPress: on.onUnlock }],
    open: [{ id: "do lock", words: "Lock now", icon: Lock, hint: "Read-only", onPress: lockNow }],
  };
  const themes = THEMES.filter(({ value }) => value !== preferences.theme);
  const densities = DENSITIES.filter(({ value }) => value !== preferences.density);
  return [
    ...locks[lock.state],
    ...themes.map(({ value, label }) => ({ id: `do theme ${value}`, words: `Theme: ${label.toLowerCase()}`, icon: Palette, hint: "Look", onPress: () => change({ theme: value }) })),
    ...densities.map(({ value, label }) => ({ id: `do rows ${value}`, words: `Rows: ${label.toLowerCase()}`, icon: Rows3, hint: "Look", onPress: () => change({ density: value }) })),
    { id: "do help", words: "Keyboard shortcuts", icon: Keyboard, hint: "?", onPress: on.onHelp },
  ];
}
