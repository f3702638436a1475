import { expect, it } from "vitest";
import { caseOf, offerOf, verdictOf } from "../../test/case-view";
import { differences, hasMoved, timeOf } from "./case-words";
import { outcomeSteps } from "./outcome-words";

it("a case has moved when a version, the job, the cause or the fix is another", () => {
  const seen = caseOf();
  expect(hasMoved(seen, { ...seen, as_of: "2026-11-21T03:00:00Z" })).toBe(false);
  expect(hasMoved(seen, { ...seen, verdict: { ...seen.verdict, explanation: "In other words.", mends_itself_in_s: 3 } })).toBe(false);
  for (const now of [{ user_version: 9 }, { job_version: 9 }, { job_id: "another" }, { verdict: verdictOf({ cause: "retrying" }) }, { verdict: verdictOf({ fix: null }) }, { verdict: verdictOf({ fix: offerOf({ fix: "reset" }) }) }]) {
    expect(hasMoved(seen, { ...seen, ...now }), JSON.stringify(now)).toBe(true);
  }
});

it("tells line by line what differs", () => {
  const seen = caseOf();
  const lines = differences(seen, { ...seen, demo_mode: "enabling", verdict: verdictOf({ title: "Running", fix: null }) });
  expect(lines.filter(({ differs }) => differs).map(({ what, seen: before, now }) => [what, before, now])).toEqual([
    ["Cause", "It failed for good (known)", "Running (known)"],
    ["Demo mode", "failed", "enabling"],
    ["Fix", "Try again now", "none"],
  ]);
});

it("counts ages back from the time of the read, and ahead when negative", () => {
  expect(timeOf("2026-11-21T02:00:00Z", 60)).toBe("2026-11-21T01:59:00.000Z");
  expect(timeOf("2026-11-21T02:00:00Z", -60)).toBe("2026-11-21T02:01:00.000Z");
});

it("tells the three steps of an outcome, each with its time", () => {
  const outcome = { id: "1", fix: "retry_now", cause: "failed_for_good", by: "dana", accepted_at: "a", claimed_at: null, confirmed_at: null, missed_at: null, due_at: "d", held: null } as const;
  const looks = (over: object, overdue = false) => outcomeSteps({ ...outcome, ...over }, overdue, "in 2 min").map(({ look, words }) => `${look}: ${words}`);
  expect(looks({})).toEqual(["done: Accepted", "now: Waits for a worker", "ahead: Effect due in 2 min"]);
  expect(looks({ claimed_at: "c" })).toEqual(["done: Accepted", "done: Claimed by a worker", "now: Effect due in 2 min"]);
  expect(looks({ claimed_at: "c", confirmed_at: "e" })).toEqual(["done: Accepted", "done: Claimed by a worker", "done: Effect confirmed"]);
  expect(looks({ confirmed_at: "e" })).toEqual(["done: Accepted", "done: Effect confirmed"]);
  expect(looks({ claimed_at: "c", missed_at: "m" }).at(-1)).toBe("bad: Ended otherwise: see the verdict");
  expect(looks({}, true)).toEqual(["done: Accepted", "late: Waits for a worker", "late: Overdue: its effect was due in 2 min"]);
});
