import { Button } from "../../components/Button";
import { Segmented } from "../../components/Segmented";
import { SelectField } from "../../components/SelectField";
import { TextField } from "../../components/TextField";
import type { DemoPreset } from "../../generated/commands";
import { serverNow } from "../../lib/clock";
import { localText, nextHour, readLocalTime } from "../../lib/schedule";
import { exactTimeInWords, relativeTime } from "../../lib/time";
import { PresetPicker } from "./PresetPicker";
import styles from "./Enable.module.css";
import { type EnableForm, type EnableProblem, NICHE_MAX_CHARS, profileTypes } from "./enable-form";

const MORNING_HOUR = 9;
const HOUR_MS = 3_600_000;

type EnableFieldsProps = { form: EnableForm; presets: readonly DemoPreset[]; problem: EnableProblem | null; onChange: (part: Partial<EnableForm>) => void };

/** Which profile, and when. */
export function EnableFields({ form, presets, problem, onChange }: EnableFieldsProps) {
  const said = (field: EnableProblem["field"]) => (problem?.field === field ? problem.message : null);
  return (
    <>
      <div className={styles.ways}>
        <Segmented
          label="Profile"
          value={form.by}
          options={[
            { value: "preset", label: "Preset" },
            { value: "type", label: "Type and niche" },
          ]}
          onChange={(by) => onChange({ by })}
        />
        <Segmented
          label="Start"
          value={form.when}
          options={[
            { value: "now", label: "Now" },
            { value: "later", label: "At a time" },
          ]}
          onChange={(when) => onChange({ when })}
        />
      </div>
      {form.by === "preset" ? (
        <PresetPicker presets={presets} value={form.preset} onChange={(preset) => onChange({ preset })} />
      ) : (
        <div className={styles.pair}>
          <SelectField
            label="Profile type"
            value={form.profileType}
            options={profileTypes(presets).map((type) => ({ value: type, label: type }))}
            onChange={(profileType) => onChange({ profileType })}
          />
          <TextField
            label="Niche"
            value={form.niche}
            maxLength={NICHE_MAX_CHARS}
            placeholder="Food & travel"
            onChange={(niche) => onChange({ niche })}
            error={form.niche === "" ? null : said("niche")}
            hint={form.niche === "" ? said("niche") : null}
          />
        </div>
      )}
      {form.when === "later" ? <Schedule at={form.at} onChange={(at) => onChange({ at })} /> : null}
    </>
  );
}

/** A time of this machine's clock, with the moment that it names in UTC. */
function Schedule({ at, onChange }: { at: string; onChange: (at: string) => void }) {
  const now_ms = serverNow();
  const time = readLocalTime(at, now_ms);
  return (
    <div className={styles.schedule}>
      <TextField
        label="Start at, in this machine’s time zone"
        type="datetime-local"
        value={at}
        placeholder="2026-11-22 09:00"
        onChange={onChange}
        error={"problem" in time ? time.problem : null}
        hint={"iso" in time ? [`${exactTimeInWords(time.iso, "utc")}, ${relativeTime(time.iso, now_ms)}.`, time.note].filter(Boolean).join(" ") : null}
      />
      <div className={styles.offers}>
        <Button size="small" tone="quiet" onPress={() => onChange(nextHour(MORNING_HOUR, now_ms))}>
          Next 09:00
        </Button>
        <Button size="small" tone="quiet" onPress={() => onChange(localText(now_ms + HOUR_MS))}>
          In 1 h
        </Button>
      </div>
    </div>
  );
}
