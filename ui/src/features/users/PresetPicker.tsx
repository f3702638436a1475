import { useId } from "react";
import type { DemoPreset } from "../../generated/commands";
import styles from "./Enable.module.css";

/** The profiles on offer, each with what it contains. */
export function PresetPicker({ presets, value, onChange }: { presets: readonly DemoPreset[]; value: string; onChange: (id: string) => void }) {
  const name = useId();
  return (
    <fieldset>
      <legend className="sr-only">Preset</legend>
      <div className={styles.presets}>
        {presets.map((preset) => (
          <label key={preset.id} className={styles.preset}>
            <input type="radio" name={name} value={preset.id} checked={preset.id === value} onChange={() => onChange(preset.id)} />
            <span className={styles.presetName}>{preset.name}</span>
            <span className={styles.presetWords}>{preset.description}</span>
            <span className={styles.presetNiche}>
              {preset.profile_type} · {preset.niche}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
