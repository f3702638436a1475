const MAC = /mac/i.test(navigator.platform);

/** The key that goes with letters for commands. */
export const MOD = MAC ? "⌘" : "Ctrl";

export function isMod(event: { metaKey: boolean; ctrlKey: boolean }): boolean {
  return MAC ? event.metaKey : event.ctrlKey;
}
