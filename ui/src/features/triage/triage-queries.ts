import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { CaseView } from "../../generated/commands";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";

/** Changes ask for it anew; ages of leases and heartbeats grow without any. */
const CASE_EVERY_MS = 3_000;
const LIST_EVERY_MS = 5_000;
/** Fixes are followed by the minute. */
const RECURRING_EVERY_MS = 60_000;

export type CaseOf = { kind: "user" | "job"; id: string };

export function caseOptions(ipc: Ipc, { kind, id }: CaseOf) {
  return queryOptions({
    queryKey: kind === "user" ? keys.userCase(id) : keys.jobCase(id),
    queryFn: () => read(kind === "user" ? ipc.commands.userCase(id) : ipc.commands.jobCase(id)),
    refetchInterval: CASE_EVERY_MS,
  });
}

export function contradictionsOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.contradictions, queryFn: () => read(ipc.commands.contradictions(null)), refetchInterval: LIST_EVERY_MS });
}

export function recurringOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.recurring, queryFn: () => read(ipc.commands.recurringCauses()), refetchInterval: RECURRING_EVERY_MS });
}

/** The answer to a fix, and everything that it may have changed read anew. */
export function keepCase(client: QueryClient, of: CaseOf, answer: CaseView): void {
  client.setQueryData(of.kind === "user" ? keys.userCase(of.id) : keys.jobCase(of.id), answer);
  if (answer.user_id !== null) {
    void client.invalidateQueries({ queryKey: keys.user(answer.user_id) });
    void client.invalidateQueries({ queryKey: keys.timeline(answer.user_id) });
  }
  if (answer.job_id !== null) void client.invalidateQueries({ queryKey: keys.job(answer.job_id) });
  void client.invalidateQueries({ queryKey: keys.contradictions });
  void client.invalidateQueries({ queryKey: keys.recurring });
}
