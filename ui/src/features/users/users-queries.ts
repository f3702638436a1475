import { type InfiniteData, type QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Page, TimelineEntry, TimelineKind, UserFilter, UserRow, UserView } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { liveJobs, liveUsers } from "../../lib/live-stores";
import { keys } from "../../lib/query-keys";

const PAGE_ROWS = 100;
const TIMELINE_ROWS = 60;
const TIMELINE_EVERY_MS = 5_000;
const TIMELINE_PAGES_KEPT = 2;

export function usersOptions(ipc: Ipc, filter: UserFilter) {
  return infiniteQueryOptions<Page<UserRow>, Error, InfiniteData<Page<UserRow>>, ReturnType<typeof keys.userList>, string | null>({
    queryKey: keys.userList(filter),
    queryFn: async ({ pageParam }) => {
      const page = await read(ipc.commands.usersPage(filter, pageParam, PAGE_ROWS));
      // The stream may have been faster than this read.
      return { ...page, rows: liveUsers.overlay(page.rows, page.as_of) };
    },
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
  });
}

export function userOptions(ipc: Ipc, id: string) {
  return queryOptions({
    queryKey: keys.user(id),
    queryFn: async () => {
      const view = await read(ipc.commands.user(id));
      const { job } = view.demo;
      const live = job === null ? undefined : liveJobs.overlay([job], view.as_of)[0];
      // Progress may be newer in the stream; a job's state goes only together with the user's.
      return live !== undefined && live.version === job?.version ? { ...view, demo: { ...view.demo, job: live } } : view;
    },
  });
}

/** The answer of a command, unless the stream has brought something newer meanwhile. */
export function keepUser(client: QueryClient, answer: UserView): void {
  const key = keys.user(answer.user.id);
  const known = client.getQueryData<UserView>(key);
  if (known === undefined || known.user.version <= answer.user.version) client.setQueryData(key, answer);
  rereadUser(client, answer.user.id);
}

export function rereadUser(client: QueryClient, id: string): void {
  void client.invalidateQueries({ queryKey: keys.user(id) });
  void client.invalidateQueries({ queryKey: keys.timeline(id) });
}

export function timelineOptions(ipc: Ipc, id: string, kinds: readonly TimelineKind[]) {
  return infiniteQueryOptions<Page<TimelineEntry>, Error, InfiniteData<Page<TimelineEntry>>, ReturnType<typeof keys.timelineOf>, string | null>({
    queryKey: keys.timelineOf(id, kinds),
    queryFn: ({ pageParam }) => read(ipc.commands.userTimeline(id, [...kinds], pageParam, TIMELINE_ROWS)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    // Jobs and changes are told by the stream; sign-ins are not.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= TIMELINE_PAGES_KEPT ? TIMELINE_EVERY_MS : false),
  });
}

export function presetsOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.presets, queryFn: () => read(ipc.commands.presets()), staleTime: 5 * 60_000 });
}
