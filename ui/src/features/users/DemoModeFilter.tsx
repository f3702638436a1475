import { ViewSwitch } from "../../components/ViewSwitch";
import { DEMO_MODE_STATUSES, demoModeMark } from "../../lib/states/demo-mode";
import { fromDemoText, toggleDemo } from "./user-filters";

/** Everyone, or those in some of the states. */
export function DemoModeFilter({ demo, onChange }: { demo: string; onChange: (demo: string | undefined) => void }) {
  const chosen = fromDemoText(demo);
  const states = DEMO_MODE_STATUSES.map((status) => ({
    words: demoModeMark(status).word,
    pressed: chosen.includes(status),
    onPress: () => onChange(toggleDemo(demo, status)),
  }));
  return <ViewSwitch label="Demo mode" views={[{ words: "All", pressed: chosen.length === 0, onPress: () => onChange(undefined) }, ...states]} />;
}
