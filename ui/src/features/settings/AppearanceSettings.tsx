import { Segmented } from "../../components/Segmented";
import type { Times } from "../../generated/commands";
import { DENSITIES, THEMES } from "../../lib/appearance";
import styles from "./Settings.module.css";
import { useChangePreferences } from "../../ipc/use-change-preferences";

const TIMES: readonly { value: Times; label: string }[] = [
  { value: "relative", label: "2 min ago" },
  { value: "local", label: "This machine’s zone" },
  { value: "utc", label: "UTC" },
];

export function AppearanceSettings() {
  const { preferences, change } = useChangePreferences();
  return (
    <div className={styles.row}>
      <Segmented label="Theme" value={preferences.theme} options={THEMES} onChange={(theme) => change({ theme })} />
      <Segmented label="Rows" value={preferences.density} options={DENSITIES} onChange={(density) => change({ density })} />
      <Segmented label="Times" value={preferences.times} options={TIMES} onChange={(times) => change({ times })} />
    </div>
  );
}
