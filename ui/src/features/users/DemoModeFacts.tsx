import { CopyId } from "../../components/CopyId";
import { KeyValue, type KeyValueItem } from "../../components/KeyValue";
import { VisibleText } from "../../components/VisibleText";
import type { DemoModeView, DemoPreset } from "../../generated/commands";
import { useQuery } from "@tanstack/react-query";
import { useIpc } from "../../ipc/ipc";
import { count } from "../../lib/numbers";
import styles from "./User.module.css";
import { presetsOptions } from "./users-queries";

/** The profile, or what the last disable removed of it. */
export function DemoModeFacts({ demo }: { demo: DemoModeView }) {
  const presets = useQuery(presetsOptions(useIpc())).data;
  const items: KeyValueItem[] = [];
  const text = (key: string, value: string | null) => {
    if (value !== null) items.push({ key, value: <VisibleText text={value} max={120} /> });
  };
  text("Preset", presetName(demo.preset, presets));
  text("Type", demo.profile_type);
  text("Niche", demo.niche);
  if (demo.profile_id !== null) items.push({ key: "Profile", value: <CopyId id={demo.profile_id} what="profile id" whole /> });
  const removed = demo.profile_id === null ? (demo.cleanup ?? []) : [];
  return (
    <div className={styles.facts}>
      {items.length > 0 ? <KeyValue items={items} /> : null}
      {removed.length > 0 ? (
        <div>
          <h3>Removed by the last disable</h3>
          <KeyValue items={removed.map((each) => ({ key: each.what, value: count(each.count) }))} />
        </div>
      ) : null}
      {items.length + removed.length > 0 ? null : <p className={styles.quiet}>No profile at the demo service. What it is made of will stand here.</p>}
    </div>
  );
}

/** A preset that is no longer on offer is shown as its id. */
function presetName(id: string | null, presets: readonly DemoPreset[] | undefined): string | null {
  return id === null ? null : (presets?.find((preset) => preset.id === id)?.name ?? id);
}
