import { ViewSwitch } from "../../components/ViewSwitch";
import { JOB_VIEWS } from "./job-filters";

/** Filters that are asked for often, by one press. */
export function JobViews({ q, onChoose }: { q: string; onChoose: (q: string) => void }) {
  return <ViewSwitch label="Views" views={JOB_VIEWS.map((view) => ({ words: view.words, pressed: view.q === q, onPress: () => onChoose(view.q) }))} />;
}
