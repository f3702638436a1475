import { Approvals } from "../features/bulk/Approvals";
import { CaseSelection } from "../features/bulk/CaseSelection";
import { NowPage } from "../features/now/NowPage";
import { ContradictionList } from "../features/triage/ContradictionList";
import { RecurringCauses } from "../features/triage/RecurringCauses";

/** The first screen: what waits for this person and what disagrees before everything else, and what keeps coming back. */
export function NowScreen() {
  return <NowPage approvals={Approvals} contradictions={Contradictions} recurring={RecurringCauses} />;
}

/** With what can be done with many of them. */
function Contradictions() {
  return <ContradictionList selectionBar={CaseSelection} />;
}
