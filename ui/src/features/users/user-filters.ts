import type { DemoModeStatus, UserFilter, UserRow } from "../../generated/commands";
import type { Belongs } from "../../lib/live-merge";
import { DEMO_MODE_STATUSES } from "../../lib/states/demo-mode";

/** Text of the URL → what the database is asked. Words that are no status are left out. */
export function toUserFilter(q: string, demo: string): UserFilter {
  const search = q.trim();
  return { search: search === "" ? null : search, demo_modes: fromDemoText(demo) };
}

export function fromDemoText(demo: string): DemoModeStatus[] {
  const words = demo.split(",");
  return DEMO_MODE_STATUSES.filter((status) => words.includes(status));
}

/** With this status in, or out when it was in. `undefined` for none and for all: both mean everyone. */
export function toggleDemo(demo: string, status: DemoModeStatus): string | undefined {
  const before = fromDemoText(demo);
  const after = DEMO_MODE_STATUSES.filter((each) => (each === status ? !before.includes(each) : before.includes(each)));
  return after.length === 0 || after.length === DEMO_MODE_STATUSES.length ? undefined : after.join(",");
}

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
