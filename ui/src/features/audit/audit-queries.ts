import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { AuditEntry, Page, Times } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { serverNow } from "../../lib/clock";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";
import { toAuditFilter, zoneOf } from "./audit-filters";

const PAGE_ROWS = 100;
const EVERY_MS = 10_000;
const WORDS_FRESH_MS = 60_000;

export function auditOptions(ipc: Ipc, q: string, times: Times) {
  return infiniteQueryOptions<Page<AuditEntry>, Error, InfiniteData<Page<AuditEntry>>, ReturnType<typeof keys.audit>, string | null>({
    queryKey: keys.audit(q, zoneOf(q, times)),
    queryFn: ({ pageParam }) => read(ipc.commands.auditPage(toAuditFilter(q, times, serverNow()), pageParam, PAGE_ROWS)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    // Only while its start is looked at: reading a long list again and again would cost the database more than it tells.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? false : EVERY_MS),
  });
}

export function auditWordsOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.auditWords, queryFn: () => read(ipc.commands.auditWords()), staleTime: WORDS_FRESH_MS });
}
