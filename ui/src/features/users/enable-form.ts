import type { DemoPreset, EnableDemoMode } from "../../generated/commands";
import { readLocalTime } from "../../lib/schedule";

/** What a person fills in; nothing is lost by switching between the ways. */
export type EnableForm = {
  by: "preset" | "type";
  preset: string;
  profileType: string;
  niche: string;
  when: "now" | "later";
  /** As the field gives it: "2026-11-22T09:00". */
  at: string;
};

export type EnableProblem = { field: "preset" | "profileType" | "niche" | "at"; message: string };

export const NICHE_MAX_CHARS = 60;

/** The first preset is the default: the common case is a reason and one press. */
export function emptyForm(presets: readonly DemoPreset[], at: string): EnableForm {
  return { by: "preset", preset: presets[0]?.id ?? "", profileType: profileTypes(presets)[0] ?? "", niche: "", when: "now", at };
}

export function profileTypes(presets: readonly DemoPreset[]): string[] {
  return [...new Set(presets.map((preset) => preset.profile_type))];
}

/** What keeps the form from being sent; `null` when nothing does. The server checks again. */
export function enableProblem(form: EnableForm, presets: readonly DemoPreset[], now_ms: number): EnableProblem | null {
  if (form.by === "preset" && !presets.some((preset) => preset.id === form.preset)) return { field: "preset", message: "Choose a profile." };
  if (form.by === "type" && form.profileType === "") return { field: "profileType", message: "Choose a type." };
  if (form.by === "type" && form.niche.trim() === "") return { field: "niche", message: "Say which niche, such as “Food & travel”." };
  if (form.by === "type" && form.niche.trim().length > NICHE_MAX_CHARS) return { field: "niche", message: `At most ${NICHE_MAX_CHARS} characters.` };
  if (form.when === "now") return null;
  const time = readLocalTime(form.at, now_ms);
  return "problem" in time ? { field: "at", message: time.problem } : null;
}

/** For a form without a problem. */
export function enableBody(form: EnableForm, reason: string, now_ms: number): EnableDemoMode {
  const time = form.when === "later" ? readLocalTime(form.at, now_ms) : null;
  return {
    reason,
    profile: form.by === "preset" ? { preset: form.preset, profile_type: null, niche: null } : { preset: null, profile_type: form.profileType, niche: form.niche.trim() },
    run_at: time !== null && "iso" in time ? time.iso : null,
  };
}
