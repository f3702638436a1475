import { NowPage } from "../features/now/NowPage";
import { ContradictionList } from "../features/triage/ContradictionList";
import { RecurringCauses } from "../features/triage/RecurringCauses";

/** The first screen: what disagrees before everything else, and what keeps coming back. */
export function NowScreen() {
  return <NowPage contradictions={ContradictionList} recurring={RecurringCauses} />;
}
