import type { AuditFilter, AuditWords, Times } from "../../generated/commands";
import { type FilterField, formatFilter, parseFilter } from "../../lib/filter-grammar";
import { isUuid } from "../../lib/ids";

const HOUR_MS = 3_600_000;
const SPANS_MS: Record<string, number> = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };
const SPAN = /^(\d{1,4})([mhd])$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/;

export function auditFilterFields(words: AuditWords | undefined): FilterField[] {
  return [
    { name: "by", hint: "who did it", suggest: words?.people ?? [] },
    // Without known actions any word is let through: the list may not have been read yet.
    { name: "action", hint: "what was done", many: true, ...(words === undefined ? {} : { values: words.actions }) },
    { name: "user", hint: "e-mail, name or whole id of the user" },
    { name: "since", hint: "from when on", suggest: ["1h", "24h", "7d", "30d"], check: checkTime },
    { name: "until", hint: "up to when", suggest: ["1h", "24h", "7d"], check: checkTime },
  ];
}

/** Text of the URL → what the database is asked. Words without a field look for a reason. Dates are read in the zone that times are shown in. */
export function toAuditFilter(text: string, times: Times, now_ms: number): AuditFilter {
  const { terms } = parseFilter(text, auditFilterFields(undefined));
  const all = (name: string) => terms.filter((term) => term.field === name).map((term) => term.value);
  const one = (name: string) => all(name).at(-1) ?? null;
  const free = terms.filter((term) => term.field === null).map((term) => term.value);
  const user = one("user");
  return {
    by: one("by"),
    actions: all("action").sort(),
    user_id: user !== null && isUuid(user) ? user : null,
    user: user === null || isUuid(user) ? null : user,
    since: moment(one("since"), times, now_ms, "beginning"),
    until: moment(one("until"), times, now_ms, "end"),
    reason: free.length === 0 ? null : free.join(" "),
  };
}

/** Which zone the dates of a filter are read in; `null` when it holds none, so that the list is the same in each. */
export function zoneOf(text: string, times: Times): "utc" | "local" | null {
  if (!/\d{4}-\d{2}-\d{2}/.test(text)) return null;
  return times === "utc" ? "utc" : "local";
}

function checkTime(value: string): string | null {
  if (SPAN.test(value) || moment(value, "utc", 0, "beginning") !== null) return null;
  return `“${value}” is no time. Write 24h, 7d, 2026-11-20 or 2026-11-20T14:30.`;
}

/** "24h" is that long ago; a day without a time is meant whole. */
function moment(value: string | null, times: Times, now_ms: number, edge: "beginning" | "end"): string | null {
  const [, amount, unit] = SPAN.exec(value ?? "") ?? [];
  if (amount !== undefined && unit !== undefined) return new Date(now_ms - Number(amount) * (SPANS_MS[unit] ?? 0)).toISOString();
  const [, day, time] = MOMENT.exec(value ?? "") ?? [];
  if (day === undefined) return null;
  const at = new Date(`${day}T${time ?? "00:00"}${times === "utc" ? "Z" : ""}`);
  // 30 February is read as 2 March.
  if (Number.isNaN(at.getTime()) || Number(day.slice(8)) !== (times === "utc" ? at.getUTCDate() : at.getDate())) return null;
  if (time === undefined && edge === "end") at.setTime(nextDay(at, times));
  return at.toISOString();
}

/** Not 24 hours later: the clocks may change on that day. */
function nextDay(at: Date, times: Times): number {
  if (times === "utc") return at.getTime() + 24 * HOUR_MS;
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime();
}

/** The filter with another beginning, and without an end. */
export function withSpan(text: string, span: string | null): string {
  const fields = auditFilterFields(undefined);
  const rest = parseFilter(text, fields).terms.filter((term) => term.field !== "since" && term.field !== "until");
  return formatFilter(span === null ? rest : [...rest, { field: "since", value: span }], fields);
}

/** A filter of one term. */
export function filterText(field: "by" | "user" | "action", value: string): string {
  return formatFilter([{ field, value }], auditFilterFields(undefined));
}

/** The beginning of the filter when it is one of the views. */
export function spanOf(text: string): string | null | undefined {
  const { terms } = parseFilter(text, auditFilterFields(undefined));
  if (terms.some((term) => term.field === "until")) return undefined;
  const since = terms.findLast((term) => term.field === "since");
  return since === undefined ? null : since.value;
}

/** Views that are asked for often: how far back. */
export const AUDIT_SPANS: readonly { words: string; span: string | null }[] = [
  { words: "All", span: null },
  { words: "Last hour", span: "1h" },
  { words: "24 hours", span: "24h" },
  { words: "7 days", span: "7d" },
  { words: "30 days", span: "30d" },
];
