import { useNavigate } from "@tanstack/react-router";
import type { JobFilter } from "../../generated/commands";
import { BulkSelection } from "./BulkSelection";
import { allWords } from "./bulk-words";

/** Over the list of jobs. */
export function JobSelection({ ids, filter, onClear }: { ids: ReadonlySet<string>; filter: JobFilter; onClear: () => void }) {
  const navigate = useNavigate();
  return (
    <BulkSelection
      what="job"
      ids={ids}
      all={{ filter: { jobs: filter, users: null, cases: null }, ...allWords("job", filter) }}
      onPlanned={(planId) => void navigate({ to: "/bulk/$planId", params: { planId } })}
      onClear={onClear}
    />
  );
}
