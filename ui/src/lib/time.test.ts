import { describe, expect, it } from "vitest";
import { columnTime, duration, exactTime, exactTimeInWords, relativeTime } from "./time";

const NOW = Date.UTC(2026, 10, 21, 2, 0, 0);
const before = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();

describe("relative time", () => {
  it.each([
    [0, "now"],
    [1, "now"],
    [5, "5 s ago"],
    [59, "59 s ago"],
    [60, "1 min ago"],
    [3_599, "59 min ago"],
    [3_600, "1 h ago"],
    [86_400 * 3, "3 d ago"],
    [-30, "in 30 s"],
    [-7_200, "in 2 h"],
  ])("%d s before now reads %s", (seconds, words) => {
    expect(relativeTime(before(seconds), NOW)).toBe(words);
  });

  it("never shows a broken time as a figure", () => {
    expect(relativeTime("nonsense", NOW)).toBe("unknown");
    expect(exactTime("nonsense")).toBe("unknown");
  });
});

it("offers no place to break within a sentence", () => {
  expect(exactTimeInWords(before(0), "utc")).toBe("2026\u201111\u201121\u00a002:00:00\u00a0UTC");
});

describe("column time", () => {
  it("leaves out today's date and keeps another day's", () => {
    expect(columnTime(before(60), "utc", NOW)).toBe("01:59:00");
    expect(columnTime(before(86_400), "utc", NOW)).toBe("2026-11-20 02:00");
  });
});

describe("duration", () => {
  it.each([
    [null, "–"],
    [Number.NaN, "–"],
    [0.84, "840 ms"],
    [1.24, "1.2 s"],
    [42, "42 s"],
    [60, "1 min"],
    [92, "1 min 32 s"],
    [11_100, "3 h 5 min"],
  ])("%s s reads %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});
