import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import { compareJobs, jobBelongs } from "../features/jobs/job-filters";
import { compareUsers, userBelongs } from "../features/users/user-filters";
import type { JobDetail, JobFilter, JobRow, Page, UserFilter, UserRow, UserView } from "../generated/commands";
import { type Belongs, mergeRows } from "../lib/live-merge";
import type { LiveRow } from "../lib/live-rows";
import { keys } from "../lib/query-keys";

type Pages<T> = InfiniteData<Page<T>, string | null>;

/** A longer list is read anew instead of growing on. */
const ROWS_MAX = 5_000;
const PAGES_KEPT = 5;
/** Figures and histories follow a change at this pace. */
const REREAD_MS = 150;
const FIGURES_MS = 2_000;

export function patchJobs(client: QueryClient, jobs: readonly JobRow[]): void {
  patchLists(client, keys.jobLists, jobs, (filter: JobFilter, row) => jobBelongs(filter, row), compareJobs);
  for (const job of jobs) {
    const detail = client.getQueryData<JobDetail>(keys.job(job.id));
    if (detail) client.setQueryData<JobDetail>(keys.job(job.id), { ...detail, job });
    if (detail && detail.job.version !== job.version) soon(client, keys.job(job.id), REREAD_MS);
    if (job.user_id === null) continue;
    const user = client.getQueryData<UserView>(keys.user(job.user_id));
    // Within one version only progress changes. A change of state comes with the user's own, by reading both at once.
    if (user?.demo.job?.id === job.id && user.demo.job.version === job.version) client.setQueryData<UserView>(keys.user(job.user_id), { ...user, demo: { ...user.demo, job } });
    if (user && (user.demo.job?.id !== job.id || user.demo.job.version !== job.version)) rereadUser(client, job.user_id);
  }
  for (const job of jobs) rereadCases(client, job.user_id, job.id);
  // A plan that was approved has a job from then on.
  if (jobs.some((job) => job.job_type === "bulk")) soon(client, keys.bulkApprovals, REREAD_MS);
  soon(client, keys.now, FIGURES_MS);
}

/** Verdicts that are on the screen, and the list of what disagrees. */
function rereadCases(client: QueryClient, userId: string | null, jobId: string | null): void {
  if (userId !== null && client.getQueryState(keys.userCase(userId))) soon(client, keys.userCase(userId), REREAD_MS);
  if (jobId !== null && client.getQueryState(keys.jobCase(jobId))) soon(client, keys.jobCase(jobId), REREAD_MS);
  soon(client, keys.contradictions, FIGURES_MS);
}

export function patchUsers(client: QueryClient, users: readonly UserRow[]): void {
  patchLists(client, keys.userLists, users, (filter: UserFilter, row) => userBelongs(filter, row), compareUsers);
  for (const user of users) {
    const view = client.getQueryData<UserView>(keys.user(user.id));
    if (view) rereadUser(client, user.id);
    rereadCases(client, user.id, user.job_id);
  }
  soon(client, keys.now, FIGURES_MS);
}

/** Something was missed: every list is read again, the long ones from their start. */
export function rereadAll(client: QueryClient): void {
  for (const lists of [keys.jobLists, keys.userLists, keys.sessionLists]) {
    for (const [key, data] of client.getQueriesData<Pages<LiveRow>>({ queryKey: lists })) {
      if (data && data.pages.length > PAGES_KEPT) {
        client.setQueryData(key, { pages: data.pages.slice(0, PAGES_KEPT), pageParams: data.pageParams.slice(0, PAGES_KEPT) });
      }
    }
  }
  void client.invalidateQueries();
}

function rereadUser(client: QueryClient, userId: string): void {
  soon(client, keys.user(userId), REREAD_MS);
  soon(client, keys.timeline(userId), REREAD_MS);
}

function patchLists<T extends LiveRow, F>(
  client: QueryClient,
  lists: QueryKey,
  news: readonly T[],
  belongs: (filter: F, row: T) => Belongs,
  compare: (a: T, b: T) => number,
): void {
  for (const [key, data] of client.getQueriesData<Pages<T>>({ queryKey: lists })) {
    if (data === undefined) continue;
    const filter = key[1] as F;
    const rows = data.pages.flatMap((page) => page.rows);
    const complete = data.pages.at(-1)?.next === null;
    const merged = mergeRows(rows, news, { belongs: (row) => belongs(filter, row), compare, complete });
    if (merged.changed) client.setQueryData<Pages<T>>(key, spread(data, merged.rows));
    if (merged.reread || merged.rows.length > ROWS_MAX) soon(client, key, FIGURES_MS);
  }
}

/** The merged rows stand in the first page; the others keep only their place in the sequence. */
function spread<T>(data: Pages<T>, rows: readonly T[]): Pages<T> {
  return { ...data, pages: data.pages.map((page, index) => ({ ...page, rows: index === 0 ? [...rows] : [] })) };
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Reads again after a pause, once for all that asks for it meanwhile. */
function soon(client: QueryClient, key: QueryKey, pause_ms: number): void {
  const name = JSON.stringify(key);
  if (waiting.has(name)) return;
  waiting.set(
    name,
    setTimeout(() => {
      waiting.delete(name);
      void client.invalidateQueries({ queryKey: key });
    }, pause_ms),
  );
}
