import type { SessionFilter } from "../../generated/commands";
import { isUuid } from "../../lib/ids";

/** What the URL holds. */
export type SessionSearch = { q?: string | undefined; user?: string | undefined; ended?: boolean | undefined; session?: string | undefined };

export function toSessionFilter({ q = "", user = "", ended = false }: SessionSearch): SessionFilter {
  const text = q.trim();
  return { user_id: isUuid(user) ? user : null, user: text === "" ? null : text, active_only: !ended };
}

/** The active sessions of one user. */
export function activeOf(userId: string): SessionFilter {
  return { user_id: userId, user: null, active_only: true };
}
