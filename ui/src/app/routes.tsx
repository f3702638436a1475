import type { QueryClient } from "@tanstack/react-query";
import { createHashHistory, createRootRouteWithContext, createRoute, createRouter } from "@tanstack/react-router";
import { AuditPage } from "../features/audit/AuditPage";
import { auditOptions, auditWordsOptions } from "../features/audit/audit-queries";
import { BulkPage } from "../features/bulk/BulkPage";
import { BulkPlanPage } from "../features/bulk/BulkPlanPage";
import { approvalsOptions, bulkPlanOptions, bulkPlansOptions } from "../features/bulk/bulk-queries";
import { toJobFilter } from "../features/jobs/job-filters";
import { jobOptions, jobTypesOptions, jobsOptions } from "../features/jobs/jobs-queries";
import { nowOptions } from "../features/now/now-queries";
import { SessionsPage } from "../features/sessions/SessionsPage";
import { type SessionSearch, activeOf, toSessionFilter } from "../features/sessions/session-filters";
import { sessionsOptions } from "../features/sessions/sessions-queries";
import { SettingsPage } from "../features/settings/SettingsPage";
import { caseOptions, contradictionsOptions, recurringOptions } from "../features/triage/triage-queries";
import { fromKindsText } from "../features/users/timeline-kinds";
import { toUserFilter } from "../features/users/user-filters";
import { presetsOptions, timelineOptions, userOptions, usersOptions } from "../features/users/users-queries";
import { WorkersPage } from "../features/workers/WorkersPage";
import { workersOptions } from "../features/workers/workers-queries";
import type { Ipc } from "../ipc/ipc";
import { readAhead } from "../lib/read-ahead";
import { JobScreen } from "./JobScreen";
import { JobsScreen } from "./JobsScreen";
import { NowScreen } from "./NowScreen";
import { NotFound, PageError } from "./PageError";
import { Shell } from "./Shell";
import { UserScreen } from "./UserScreen";
import { UsersScreen } from "./UsersScreen";

type Context = { ipc: Ipc; client: QueryClient };
type Search = Record<string, unknown>;

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value.slice(0, 500) : undefined);

const root = createRootRouteWithContext<Context>()({ component: Shell, notFoundComponent: NotFound, errorComponent: PageError });

const now = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: NowScreen,
  loader: ({ context: { ipc, client } }) => readAhead(client.prefetchQuery(nowOptions(ipc)), client.prefetchQuery(approvalsOptions(ipc)), client.prefetchQuery(contradictionsOptions(ipc)), client.prefetchQuery(recurringOptions(ipc))),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: "/jobs",
  component: JobsScreen,
  validateSearch: (search: Search): { q?: string | undefined } => ({ q: text(search["q"]) }),
  loaderDeps: ({ search }) => ({ q: search.q ?? "" }),
  loader: ({ context: { ipc, client }, deps }) =>
    readAhead(client.prefetchInfiniteQuery(jobsOptions(ipc, toJobFilter(deps.q))), client.prefetchQuery(jobTypesOptions(ipc))),
});

const job = createRoute({
  getParentRoute: () => jobs,
  path: "$jobId",
  component: JobScreen,
  loader: ({ context: { ipc, client }, params: { jobId } }) =>
    readAhead(client.prefetchQuery(jobOptions(ipc, jobId)), client.prefetchQuery(caseOptions(ipc, { kind: "job", id: jobId }))),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: UsersScreen,
  validateSearch: (search: Search): { q?: string | undefined; demo?: string | undefined } => ({ q: text(search["q"]), demo: text(search["demo"]) }),
  loaderDeps: ({ search }) => ({ q: search.q ?? "", demo: search.demo ?? "" }),
  loader: ({ context: { ipc, client }, deps }) => readAhead(client.prefetchInfiniteQuery(usersOptions(ipc, toUserFilter(deps.q, deps.demo)))),
});

const user = createRoute({
  getParentRoute: () => root,
  path: "/users/$userId",
  component: UserScreen,
  validateSearch: (search: Search): { timeline?: string | undefined } => ({ timeline: text(search["timeline"]) }),
  loaderDeps: ({ search }) => ({ timeline: search.timeline ?? "" }),
  loader: ({ context: { ipc, client }, params: { userId }, deps }) =>
    readAhead(
      client.prefetchQuery(userOptions(ipc, userId)),
      client.prefetchQuery(caseOptions(ipc, { kind: "user", id: userId })),
      client.prefetchInfiniteQuery(timelineOptions(ipc, userId, fromKindsText(deps.timeline))),
      client.prefetchInfiniteQuery(sessionsOptions(ipc, activeOf(userId))),
      client.prefetchQuery(presetsOptions(ipc)),
    ),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: "/sessions",
  component: SessionsPage,
  validateSearch: (search: Search): SessionSearch => ({
    q: text(search["q"]),
    user: text(search["user"]),
    ended: search["ended"] === true || search["ended"] === "true" ? true : undefined,
    session: text(search["session"]),
  }),
  loaderDeps: ({ search: { q, user, ended } }) => ({ q, user, ended }),
  loader: ({ context: { ipc, client }, deps }) => readAhead(client.prefetchInfiniteQuery(sessionsOptions(ipc, toSessionFilter(deps)))),
});

const workers = createRoute({
  getParentRoute: () => root,
  path: "/workers",
  component: WorkersPage,
  validateSearch: (search: Search): { sort?: string | undefined } => ({ sort: text(search["sort"]) }),
  loader: ({ context: { ipc, client } }) => readAhead(client.prefetchQuery(workersOptions(ipc))),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  component: AuditPage,
  validateSearch: (search: Search): { q?: string | undefined; entry?: string | undefined } => ({ q: text(search["q"]), entry: text(search["entry"]) }),
  loaderDeps: ({ search }) => ({ q: search.q ?? "" }),
  loader: ({ context: { ipc, client }, deps }) =>
    readAhead(client.prefetchInfiniteQuery(auditOptions(ipc, deps.q, "local")), client.prefetchQuery(auditWordsOptions(ipc))),
});

const bulk = createRoute({
  getParentRoute: () => root,
  path: "/bulk",
  component: BulkPage,
  loader: ({ context: { ipc, client } }) => readAhead(client.prefetchInfiniteQuery(bulkPlansOptions(ipc))),
});

const bulkPlan = createRoute({
  getParentRoute: () => root,
  path: "/bulk/$planId",
  component: BulkPlanPage,
  loader: ({ context: { ipc, client }, params: { planId } }) => readAhead(client.prefetchQuery(bulkPlanOptions(ipc, planId))),
});

const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsPage });

const routeTree = root.addChildren([now, jobs.addChildren([job]), users, user, sessions, bulk, bulkPlan, workers, audit, settings]);

export function makeRouter(context: Context) {
  return createRouter({
    routeTree,
    context,
    history: createHashHistory(),
    // Hover and focus read the page ahead; until its data is here the old page stays.
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 60_000,
    defaultErrorComponent: PageError,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
