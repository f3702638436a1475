import { useNavigate } from "@tanstack/react-router";
import type { CaseFilter } from "../../generated/commands";
import { CAUSE, FIX } from "../../lib/states/verdict";
import { BulkSelection } from "./BulkSelection";

type CaseSelectionProps = {
  ids: ReadonlySet<string>;
  /** The cause and the fix that all of them share; `null`: they share none. */
  filter: CaseFilter | null;
  onClear: () => void;
};

/** Over the standing list of what needs a person. */
export function CaseSelection({ ids, filter, onClear }: CaseSelectionProps) {
  const navigate = useNavigate();
  const all =
    filter === null
      ? null
      : { filter: { jobs: null, users: null, cases: filter }, button: "All with this cause and fix", chosen: `All cases of “${CAUSE[filter.cause]}” whose fix is “${FIX[filter.fix]}”` };
  return (
    <BulkSelection
      what="case"
      ids={ids}
      all={all}
      onPlanned={(planId) => void navigate({ to: "/bulk/$planId", params: { planId } })}
      onClear={onClear}
    />
  );
}
