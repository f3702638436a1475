import type { JobFilter, JobRow } from "../../generated/commands";
import type { FilterField, ParsedFilter } from "../../lib/filter-grammar";
import type { Belongs } from "../../lib/live-merge";
import { parseFilter } from "../../lib/filter-grammar";
import { isUuid } from "../../lib/ids";
import { JOB_STATUSES } from "../../lib/states/job";

export function jobFilterFields(types: readonly string[]): FilterField[] {
  return [
    { name: "status", hint: "where it stands", values: JOB_STATUSES, many: true },
    // Without known types any word is let through: the list may not have been read yet.
    { name: "type", hint: "what it does", many: true, ...(types.length > 0 ? { values: types } : {}) },
    { name: "user", hint: "e-mail, name or whole id" },
    { name: "id", hint: "the start of a job’s id" },
    { name: "worker", hint: "a worker’s id" },
    { name: "error", hint: "part of the last error" },
  ];
}

/** Text of the URL → what the database is asked. Words without a field look for a user, an id for a job. */
export function toJobFilter(text: string): JobFilter {
  return fromTerms(parseFilter(text, jobFilterFields([])));
}

function fromTerms({ terms }: ParsedFilter): JobFilter {
  const all = (name: string) => terms.filter((term) => term.field === name).map((term) => term.value);
  const one = (name: string) => all(name).at(-1) ?? null;
  const free = terms.filter((term) => term.field === null).map((term) => term.value);
  const freeId = free.find((word) => /^[0-9a-f]{6,}[0-9a-f-]*$/i.test(word)) ?? null;
  const freeUser = free.filter((word) => word !== freeId).join(" ");
  const worker = one("worker");
  return {
    statuses: JOB_STATUSES.filter((status) => all("status").includes(status)),
    job_types: all("type").sort(),
    user: one("user") ?? (freeUser === "" ? null : freeUser),
    id: one("id") ?? freeId,
    worker_id: worker !== null && isUuid(worker) ? worker : null,
    error: one("error"),
  };
}

/** Whether a row of the stream stands in a filtered list; names are known to the database only. */
export function jobBelongs(filter: JobFilter, row: JobRow): Belongs {
  const { statuses, job_types, user, id, worker_id, error } = filter;
  if (statuses.length > 0 && !statuses.includes(row.status)) return "no";
  if (job_types.length > 0 && !job_types.includes(row.job_type)) return "no";
  if (id !== null && !row.id.startsWith(id.toLowerCase())) return "no";
  if (worker_id !== null && row.worker_id !== worker_id) return "no";
  if (error !== null && !(row.error ?? "").toLowerCase().includes(error.toLowerCase())) return "no";
  if (user === null || user === row.user_id) return "yes";
  if (row.user_id === null) return "no";
  return (row.user_email ?? "").toLowerCase().includes(user.toLowerCase()) ? "yes" : "unknown";
}

/** Newest first: ids are UUIDv7 and grow with time. */
export function compareJobs(a: JobRow, b: JobRow): number {
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** Views that are asked for often. */
export const JOB_VIEWS: readonly { words: string; q: string }[] = [
  { words: "All", q: "" },
  { words: "In flight", q: "status:pending,running" },
  { words: "Failed", q: "status:failed" },
  { words: "Completed", q: "status:completed" },
];
