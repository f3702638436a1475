import { type InfiniteData, type QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Page, SessionFilter, SessionRow } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { type WhichSessions, keys } from "../../lib/query-keys";

type Pages = InfiniteData<Page<SessionRow>, string | null>;

const PAGE_ROWS = 100;
const CHECK_ROWS = 500;
/** Sessions are not in the stream: "last seen" is to the minute anyway. Long lists are read again only when asked for. */
const EVERY_MS = 15_000;
const EVERY_PAGES_MAX = 3;
const CHECK_EVERY_MS = 700;

export function sessionsOptions(ipc: Ipc, filter: SessionFilter) {
  return infiniteQueryOptions<Page<SessionRow>, Error, InfiniteData<Page<SessionRow>>, ReturnType<typeof keys.sessionList>, string | null>({
    queryKey: keys.sessionList(filter),
    queryFn: ({ pageParam }) => read(ipc.commands.sessionsPage(filter, pageParam, PAGE_ROWS)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) <= EVERY_PAGES_MAX ? EVERY_MS : false),
  });
}

/** A user's sessions as the database has them after a revoke, read until `seen` says that the effect is there. */
export function sessionCheckOptions(ipc: Ipc, userId: string, seen: (rows: readonly SessionRow[]) => boolean) {
  return queryOptions({
    queryKey: keys.sessionCheck(userId),
    queryFn: async () => (await read(ipc.commands.sessionsPage({ user_id: userId, user: null, active_only: false }, null, CHECK_ROWS))).rows,
    staleTime: 0,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data !== undefined && seen(state.data) ? false : CHECK_EVERY_MS),
  });
}

/** What a revoke would end. The rows that staff chose the device from are as old as this at most. */
export function revokePreviewOptions(ipc: Ipc, userId: string, which: WhichSessions) {
  return queryOptions({
    queryKey: keys.revokePreview(userId, which),
    queryFn: () => read(ipc.commands.revokePreview(userId, which.except_session_id, which.device, which.unused_since)),
    refetchInterval: EVERY_MS,
  });
}

/** What the API would do now with the session's tokens. */
export function sessionProbeOptions(ipc: Ipc, id: string) {
  return queryOptions({ queryKey: keys.sessionProbe(id), queryFn: () => read(ipc.commands.probeSession(id)), staleTime: 0, gcTime: 0, retry: 2 });
}

/** Ended sessions stay where they are, and show that they ended; the next reading of the list leaves them out. */
export function patchSessions(client: QueryClient, news: readonly SessionRow[]): void {
  const byId = new Map(news.map((row) => [row.id, row]));
  client.setQueriesData<Pages>({ queryKey: keys.sessionLists }, (data) => {
    if (data === undefined) return data;
    let changed = false;
    const pages = data.pages.map((page) => ({
      ...page,
      rows: page.rows.map((row) => {
        const fresh = byId.get(row.id);
        if (fresh === undefined || fresh.version <= row.version) return row;
        changed = true;
        return fresh;
      }),
    }));
    return changed ? { ...data, pages } : data;
  });
}

/** The user's page counts and tells what was revoked. */
export function rereadOwner(client: QueryClient, userId: string): void {
  void client.invalidateQueries({ queryKey: keys.user(userId) });
  void client.invalidateQueries({ queryKey: keys.timeline(userId) });
}
