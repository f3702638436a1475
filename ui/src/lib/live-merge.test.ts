import { describe, expect, it } from "vitest";
import { type MergeRules, mergeRows } from "./live-merge";
import { LiveRows } from "./live-rows";

type Row = { id: string; version: number; status: string };
const row = (id: string, version: number, status = "running"): Row => ({ id, version, status });
const RULES: MergeRules<Row> = { belongs: () => "yes", compare: (a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0), complete: true };
const T0 = "2026-11-21T02:00:00Z";
const T1 = "2026-11-21T02:00:01Z";

describe("merging changes into a list", () => {
  it("replaces only the rows that changed", () => {
    const rows = [row("b", 1), row("a", 1)];
    const merged = mergeRows(rows, [row("a", 2, "failed")], RULES);
    expect(merged.rows[0]).toBe(rows[0]);
    expect(merged.rows[1]?.status).toBe("failed");
  });

  it("gives the very list back when nothing changed", () => {
    const rows = [row("a", 3)];
    expect(mergeRows(rows, [row("a", 2)], RULES).rows).toBe(rows);
  });

  it("puts a new row in its place and drops one that no longer belongs", () => {
    const running: MergeRules<Row> = { ...RULES, belongs: (each) => (each.status === "running" ? "yes" : "no") };
    const merged = mergeRows([row("c", 1), row("a", 1)], [row("b", 1), row("a", 2, "completed")], running);
    expect(merged.rows.map((each) => each.id)).toEqual(["c", "b"]);
  });

  it("leaves rows behind the end to the next page", () => {
    expect(mergeRows([row("c", 1)], [row("a", 1)], { ...RULES, complete: false }).rows.map((each) => each.id)).toEqual(["c"]);
  });

  it("asks the database where only it can tell", () => {
    expect(mergeRows([], [row("a", 1)], { ...RULES, belongs: () => "unknown" })).toEqual({ rows: [], changed: false, reread: true });
  });

  it("converges however messages are dropped, repeated and reordered, once the list is read again", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 40; round += 1) {
      const truth = new Map<string, Row>();
      const messages: { rows: Row[]; asOf: string }[] = [];
      for (let step = 1; step <= 30; step += 1) {
        const id = `job-${Math.floor(random() * 8)}`;
        const next = row(id, (truth.get(id)?.version ?? 0) + 1, random() < 0.3 ? "failed" : "running");
        truth.set(id, next);
        messages.push({ rows: [next], asOf: new Date(step * 1_000).toISOString() });
      }
      const delivered = messages
        .filter(() => random() > 0.2)
        .flatMap((message) => (random() < 0.2 ? [message, message] : [message]))
        .sort(() => random() - 0.5);
      const known = new LiveRows<Row>();
      let list: readonly Row[] = [];
      for (const message of delivered) list = mergeRows(list, known.take(message.rows, message.asOf), RULES).rows;
      for (const each of list) expect(each.version).toBeLessThanOrEqual(truth.get(each.id)?.version ?? 0);
      const page = known.overlay([...truth.values()], new Date(31_000).toISOString());
      expect(page).toEqual([...truth.values()]);
    }
  });
});

describe("what the stream brought lately", () => {
  it("does not let a slow read bring an old state back", () => {
    const known = new LiveRows<Row>();
    known.take([row("a", 5, "completed")], T1);
    expect(known.overlay([row("a", 4, "running")], T0)[0]?.status).toBe("completed");
    expect(known.overlay([row("a", 6, "pending")], T0)[0]?.status).toBe("pending");
  });

  it("drops what is repeated or overtaken", () => {
    const known = new LiveRows<Row>();
    known.take([row("a", 2)], T1);
    expect(known.take([row("a", 1)], T1)).toEqual([]);
    expect(known.take([row("a", 2)], T0)).toEqual([]);
    expect(known.take([row("a", 2)], T1)).toHaveLength(1);
  });

  it("forgets the oldest beyond its bound", () => {
    const known = new LiveRows<Row>(2);
    known.take([row("a", 1), row("b", 1), row("c", 1)], T0);
    expect(known.get("a")).toBeUndefined();
    expect(known.get("c")).toBeDefined();
  });
});
