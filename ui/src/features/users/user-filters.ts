import type { UserFilter, UserRow } from "../../generated/commands";
import type { Belongs } from "../../lib/live-merge";

/** Whether a row of the stream stands in a filtered list. */
export function userBelongs(filter: UserFilter, row: UserRow): Belongs {
  if (filter.demo_modes.length > 0 && !filter.demo_modes.includes(row.demo_mode)) return "no";
  const search = filter.search?.toLowerCase() ?? "";
  const hit = row.id.startsWith(search) || row.email.toLowerCase().includes(search) || (row.full_name ?? "").toLowerCase().includes(search);
  return hit ? "yes" : "no";
}

/** Newest sign-up first. */
export function compareUsers(a: UserRow, b: UserRow): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
