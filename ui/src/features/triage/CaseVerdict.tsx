import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "../../components/ErrorState";
import { useIpc } from "../../ipc/ipc";
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
  const { data, error, refetch } = useQuery(caseOptions(useIpc(), of));
  if (data !== undefined) return <VerdictCard key={id} of={of} view={data} />;
  return error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} />;
}
