import { describe, expect, it } from "vitest";
import { parseFilter } from "../../lib/filter-grammar";
import { auditFilterFields, spanOf, toAuditFilter, withSpan, zoneOf } from "./audit-filters";

const NOW_MS = Date.UTC(2026, 10, 21, 12, 0);
const filter = (text: string) => toAuditFilter(text, "utc", NOW_MS);

describe("audit filter", () => {
  it("reads who, what, on whom and why", () => {
    expect(filter('by:dana action:job.retry,job.cancel user:"ana silva" asked by phone')).toEqual({
      by: "dana",
      actions: ["job.cancel", "job.retry"],
      user_id: null,
      user: "ana silva",
      since: null,
      until: null,
      reason: "asked by phone",
    });
  });

  it("takes a whole id for one user", () => {
    const id = "0190a000-0000-7000-8000-000000000001";
    expect(filter(`user:${id}`)).toMatchObject({ user_id: id, user: null });
  });

  it("reads spans, days and moments", () => {
    expect(filter("since:24h").since).toBe("2026-11-20T12:00:00.000Z");
    expect(filter("since:90m").since).toBe("2026-11-21T10:30:00.000Z");
    expect(filter("since:2026-11-20 until:2026-11-20")).toMatchObject({ since: "2026-11-20T00:00:00.000Z", until: "2026-11-21T00:00:00.000Z" });
    expect(filter("until:2026-11-20T14:30").until).toBe("2026-11-20T14:30:00.000Z");
    expect(filter('since:"2026-11-20 14:30"').since).toBe("2026-11-20T14:30:00.000Z");
  });

  it("reads days in this machine’s zone when times are shown in it", () => {
    const { since, until } = toAuditFilter("since:2026-11-20 until:2026-11-20", "local", NOW_MS);
    expect(since).toBe(new Date(2026, 10, 20).toISOString());
    expect(until).toBe(new Date(2026, 10, 21).toISOString());
  });

  it("goes further back by one press, and leaves the rest as it is", () => {
    expect(withSpan("by:dana since:7d until:24h gone", "1h")).toBe("by:dana since:1h gone");
    expect(withSpan("by:dana since:7d", null)).toBe("by:dana");
    expect([spanOf("by:dana"), spanOf("since:7d"), spanOf("since:7d until:1h")]).toEqual([null, "7d", undefined]);
  });

  it("is one list in every zone unless it names a date", () => {
    expect([zoneOf("since:7d", "utc"), zoneOf("since:2026-11-20", "utc"), zoneOf("since:2026-11-20", "relative")]).toEqual([null, "utc", "local"]);
  });

  it("refuses what is no time and what is no action, in words", () => {
    const fields = auditFilterFields({ people: [], actions: ["job.cancel"] });
    for (const wrong of ["since:yesterday", "since:2026-02-30", "until:25:00", "since:99999d"])
      expect(parseFilter(wrong, fields).problems[0]?.message).toContain("is no time");
    expect(parseFilter("action:job.explode", fields).problems[0]?.message).toContain("job.cancel");
    expect(filter("since:yesterday").since).toBeNull();
  });
});
