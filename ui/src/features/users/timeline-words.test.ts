import { expect, it } from "vitest";
import type { TimelineEntry } from "../../generated/commands";
import { entryTitle, timelineText } from "./timeline-words";

const entry = (over: Partial<TimelineEntry>): TimelineEntry => ({
  id: "job-1", at: "2026-11-21T02:14:05.123Z", kind: "job", title: "Enabling demo mode: started", detail: null, actor: "worker-1:4127", job_id: null, state: "running", ...over,
});

it("copies one line an entry, in UTC, with reason and job", () => {
  const text = timelineText(
    "ana@example.com",
    [
      entry({ job_id: "0190a000-0000-7000-8000-0000000000aa" }),
      entry({ kind: "audit", title: "demo_mode.enable: disabled → enabling", detail: "Sales call", actor: "dana@repruv.test", state: "enabling" }),
    ],
    false,
  );
  expect(text.split("\n")).toEqual([
    "Timeline of ana@example.com",
    "2026-11-21 02:14:05 UTC | Enabling demo mode: started | worker-1:4127 | job 0190a000-0000-7000-8000-0000000000aa",
    "2026-11-21 02:14:05 UTC | Enabled demo mode: disabled → enabling | dana@repruv.test | Sales call",
  ]);
});

it("keeps hostile text on its line and in sight", () => {
  const text = timelineText("ana@example.com", [entry({ detail: "first\nsecond \u202Eexe" })], false);
  expect(text.split("\n")).toHaveLength(2);
  expect(text).toContain("first second ⟨U+202E⟩exe");
});

it("says that older entries are left out", () => {
  expect(timelineText("ana@example.com", [], true)).toContain("Older entries are not in this copy.");
});

it("shows a verb that it does not know as it is", () => {
  expect(entryTitle(entry({ kind: "audit", title: "profile.export: done" }))).toBe("profile.export: done");
});
