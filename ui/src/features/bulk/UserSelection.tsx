import { useNavigate } from "@tanstack/react-router";
import type { UserFilter } from "../../generated/commands";
import { BulkSelection } from "./BulkSelection";
import { allWords } from "./bulk-words";

/** Over the list of users. */
export function UserSelection({ ids, filter, onClear }: { ids: ReadonlySet<string>; filter: UserFilter; onClear: () => void }) {
  const navigate = useNavigate();
  return (
    <BulkSelection
      what="user"
      ids={ids}
      all={{ filter: { jobs: null, users: filter, cases: null }, ...allWords("user", filter) }}
      onPlanned={(planId) => void navigate({ to: "/bulk/$planId", params: { planId } })}
      onClear={onClear}
    />
  );
}
