import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { JobFilter, JobRow, Page } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { liveJobs } from "../../lib/live-stores";
import { keys } from "../../lib/query-keys";

const PAGE_ROWS = 100;

export function jobsOptions(ipc: Ipc, filter: JobFilter) {
  return infiniteQueryOptions<Page<JobRow>, Error, InfiniteData<Page<JobRow>>, ReturnType<typeof keys.jobList>, string | null>({
    queryKey: keys.jobList(filter),
    queryFn: async ({ pageParam }) => {
      const page = await read(ipc.commands.jobsPage(filter, pageParam, PAGE_ROWS));
      // The stream may have been faster than this read.
      return { ...page, rows: liveJobs.overlay(page.rows, page.as_of) };
    },
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
  });
}

export function jobOptions(ipc: Ipc, id: string) {
  return queryOptions({
    queryKey: keys.job(id),
    queryFn: async () => {
      const detail = await read(ipc.commands.job(id));
      return { ...detail, job: liveJobs.overlay([detail.job], detail.as_of)[0] ?? detail.job };
    },
  });
}

export function jobTypesOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.jobTypes, queryFn: () => read(ipc.commands.jobTypes()), staleTime: 5 * 60_000 });
}
