import { expect, it } from "vitest";
import type { TimelineEntry } from "../../generated/commands";
import { entryTitle } from "./timeline-words";

const entry = (over: Partial<TimelineEntry>): TimelineEntry => ({
  id: "job-1", at: "2026-11-21T02:14:05.123Z", kind: "job", title: "Enabling demo mode: started", detail: null, actor: "worker-1:4127", job_id: null, state: "running", ...over,
});

it("shows a verb that it does not know as it is", () => {
  expect(entryTitle(entry({ kind: "audit", title: "profile.export: done" }))).toBe("profile.export: done");
});
