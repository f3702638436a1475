import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { BulkApprovals, BulkItemRow, BulkItemState, BulkPlanRow, BulkPlanView, BulkStatus, Page } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";

const ROWS = 100;
/** While it is executed. */
const AT_WORK_MS = 1_000;
/** Somebody else may take it a step further. */
const AT_REST_MS = 3_000;

const AT_WORK: ReadonlySet<BulkStatus> = new Set(["running", "pausing", "aborting"]);
const OVER: ReadonlySet<BulkStatus> = new Set(["completed", "aborted", "discarded"]);

/** Its job waits or works. */
export const isAtWork = (plan: BulkPlanRow): boolean => AT_WORK.has(plan.status);

export function bulkPlansOptions(ipc: Ipc) {
  return infiniteQueryOptions<Page<BulkPlanRow>, Error, InfiniteData<Page<BulkPlanRow>>, typeof keys.bulkPlans, string | null>({
    queryKey: keys.bulkPlans,
    queryFn: ({ pageParam }) => read(ipc.commands.bulkPlans(pageParam, ROWS)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    refetchInterval: AT_REST_MS,
  });
}

/** What waits for a second person. A plan that only waits is not in the stream; that it begins or ends is. */
export function approvalsOptions(ipc: Ipc) {
  return queryOptions<BulkApprovals>({ queryKey: keys.bulkApprovals, queryFn: () => read(ipc.commands.bulkApprovals()), refetchInterval: AT_REST_MS });
}

export function bulkPlanOptions(ipc: Ipc, id: string) {
  return queryOptions<BulkPlanView>({
    queryKey: keys.bulkPlan(id),
    queryFn: () => read(ipc.commands.bulkPlan(id)),
    refetchInterval: ({ state }) => {
      const plan = state.data?.plan;
      if (plan === undefined || OVER.has(plan.status)) return false;
      return isAtWork(plan) ? AT_WORK_MS : AT_REST_MS;
    },
  });
}

/** The items of a plan; read again while they change. */
export function bulkItemsOptions(ipc: Ipc, id: string, state: BulkItemState | null, moving: boolean) {
  return infiniteQueryOptions<Page<BulkItemRow>, Error, InfiniteData<Page<BulkItemRow>>, ReturnType<typeof keys.bulkItems>, string | null>({
    queryKey: keys.bulkItems(id, state),
    queryFn: ({ pageParam }) => read(ipc.commands.bulkItems(id, state, null, pageParam, ROWS)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    refetchInterval: moving ? AT_REST_MS : false,
  });
}
