import { type InfiniteData, infiniteQueryOptions } from "@tanstack/react-query";
import type { AuditEntry, Page } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";

const PAGE_ROWS = 100;
const EVERY_MS = 10_000;

export function auditOptions(ipc: Ipc, userId: string | null) {
  return infiniteQueryOptions<Page<AuditEntry>, Error, InfiniteData<Page<AuditEntry>>, ReturnType<typeof keys.audit>, string | null>({
    queryKey: keys.audit(userId),
    queryFn: ({ pageParam }) => read(ipc.commands.auditPage(userId, pageParam, PAGE_ROWS)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    // Only while its start is looked at: reading a long list again and again would cost the database more than it tells.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? false : EVERY_MS),
  });
}
