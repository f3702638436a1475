import type { SessionRow } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { exactTimeInWords } from "../../lib/time";
import { visibleText } from "../../lib/visible-text";

/** Where a second person is asked for, a plan ends all of them and no choice of them. */
export const NOT_ALONE = "Here a colleague must approve ending all sessions, and such a plan keeps none. Revoke single sessions one by one.";

export function transportWords(transport: string): string {
  if (transport === "cookie") return "cookie";
  return transport === "bearer" ? "bearer token" : transport;
}

/** "Chrome on macOS, 203.0.113.24". */
export function placeWords(session: SessionRow): string {
  return [visibleText(session.device, 80), session.address === null ? null : visibleText(session.address, 60)].filter(Boolean).join(", ");
}

/** What stays valid after a revoke, and how long. `more`: not all of the user's sessions are known here. */
export function livesOn(stay: readonly SessionRow[], more: boolean): string {
  if (more) return "Every other session of this user lives on until it expires.";
  if (stay.length === 0) return "Nothing: no other session of this user is active.";
  const only = stay.length === 1 ? stay[0] : undefined;
  if (only) return `${placeWords(only)}, until ${exactTimeInWords(only.expires_at)} at the latest.`;
  const last = stay.reduce((latest, each) => (each.expires_at > latest ? each.expires_at : latest), "");
  return `${plural(stay.length, "other session")} of this user, the last until ${exactTimeInWords(last)}.`;
}

/** Why several end, most often. */
export const REVOKE_REASONS = ["Customer asked for it", "Account may be compromised", "Password was changed"];
