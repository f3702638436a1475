import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ErrorState } from "../../components/ErrorState";
import type { UserView } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { keys } from "../../lib/query-keys";
import { VerdictCard } from "./VerdictCard";
import { caseOptions } from "./triage-queries";

/** The verdict on a user's page. */
export function UserVerdict({ id }: { id: string }) {
  return <CaseVerdict kind="user" id={id} />;
}

/** The verdict in a job's panel. */
export function JobVerdict({ id }: { id: string }) {
  return <CaseVerdict kind="job" id={id} />;
}

function CaseVerdict({ kind, id }: { kind: "user" | "job"; id: string }) {
  const of = { kind, id };
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(caseOptions(useIpc(), of));
  const userId = data?.user_id ?? null;
  const version = data?.user_version ?? null;
  useEffect(() => {
    // Not every change of a user is told by the stream: what stands beside the verdict must not contradict it.
    if (userId === null || version === null) return;
    const beside = client.getQueryData<UserView>(keys.user(userId));
    if (beside !== undefined && beside.user.version < version) void client.invalidateQueries({ queryKey: keys.user(userId) });
  }, [client, userId, version]);
  if (data !== undefined) return <VerdictCard key={id} of={of} view={data} />;
  return error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} />;
}
