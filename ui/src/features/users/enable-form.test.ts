import { describe, expect, it } from "vitest";
import { PRESETS } from "../../ipc/fixture/words";
import { type EnableForm, emptyForm, enableBody, enableProblem, profileTypes } from "./enable-form";

const NOW_MS = Date.UTC(2026, 10, 21, 2, 30);
const LATER = new Date(NOW_MS + 7 * 3_600_000);
const local = (date: Date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const form = (over: Partial<EnableForm> = {}): EnableForm => ({ ...emptyForm(PRESETS, local(LATER)), ...over });

describe("the form to enable demo mode", () => {
  it("is ready as it opens: the default preset, at once", () => {
    expect(enableProblem(form(), PRESETS, NOW_MS)).toBeNull();
    expect(enableBody(form(), "Sales call", NOW_MS)).toEqual({
      reason: "Sales call",
      profile: { preset: "mid_tier_creator", profile_type: null, niche: null },
      run_at: null,
    });
  });

  it("sends a type with its niche, and no preset", () => {
    const filled = form({ by: "type", profileType: "brand", niche: "  Food & travel " });
    expect(enableProblem(filled, PRESETS, NOW_MS)).toBeNull();
    expect(enableBody(filled, "Sales call", NOW_MS).profile).toEqual({ preset: null, profile_type: "brand", niche: "Food & travel" });
  });

  it("sends the moment that the local time names", () => {
    expect(enableBody(form({ when: "later" }), "Sales call", NOW_MS).run_at).toBe(LATER.toISOString());
  });

  it.each([
    [form({ preset: "gone" }), "preset"],
    [form({ by: "type", profileType: "" }), "profileType"],
    [form({ by: "type", niche: "  " }), "niche"],
    [form({ by: "type", niche: "x".repeat(61) }), "niche"],
    [form({ when: "later", at: "" }), "at"],
    [form({ when: "later", at: local(new Date(NOW_MS - 60_000)) }), "at"],
  ])("names the field at fault", (filled, field) => {
    expect(enableProblem(filled, PRESETS, NOW_MS)?.field).toBe(field);
  });

  it("does not mind a field that is not used", () => {
    expect(enableProblem(form({ niche: "x".repeat(99), at: "nonsense" }), PRESETS, NOW_MS)).toBeNull();
  });

  it("offers each type once", () => {
    expect(profileTypes(PRESETS)).toEqual(["creator", "brand", "agency"]);
  });
});
