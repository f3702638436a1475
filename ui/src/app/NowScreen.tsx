import { NowPage } from "../features/now/NowPage";
import { ContradictionList } from "../features/triage/ContradictionList";

/** The first screen: what disagrees before everything else. */
export function NowScreen() {
  return <NowPage contradictions={ContradictionList} />;
}
