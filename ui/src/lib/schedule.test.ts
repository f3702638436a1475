import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localText, nextHour, readLocalTime } from "./schedule";

const zone = process.env["TZ"];
const NOW_MS = Date.UTC(2026, 2, 20, 12);

describe.each([
  ["UTC", "2026-03-25T09:00:00.000Z"],
  ["Asia/Kolkata", "2026-03-25T03:30:00.000Z"],
  ["America/Los_Angeles", "2026-03-25T16:00:00.000Z"],
  ["Pacific/Auckland", "2026-03-24T20:00:00.000Z"],
])("a schedule in %s", (name, iso) => {
  beforeEach(() => {
    process.env["TZ"] = name;
  });
  afterEach(() => {
    process.env["TZ"] = zone;
  });

  it("names the moment at which this machine's clock shows the time", () => {
    expect(readLocalTime("2026-03-25T09:00", NOW_MS)).toEqual({ iso, note: null });
    expect(readLocalTime("2026-03-25 09:00", NOW_MS)).toEqual({ iso, note: null });
  });

  it("goes there and back", () => {
    expect(localText(Date.parse(iso))).toBe("2026-03-25T09:00");
  });

  it("offers the next nine o'clock", () => {
    const next = nextHour(9, NOW_MS);
    expect(next.slice(11)).toBe("09:00");
    const read = readLocalTime(next, NOW_MS);
    expect("iso" in read && Date.parse(read.iso) - NOW_MS).toBeLessThanOrEqual(86_400_000);
  });
});

describe("where clocks change", () => {
  beforeEach(() => {
    process.env["TZ"] = "Europe/Berlin";
  });
  afterEach(() => {
    process.env["TZ"] = zone;
  });

  it("refuses a time that is skipped", () => {
    expect(readLocalTime("2026-03-29T02:30", NOW_MS)).toEqual({ problem: expect.stringContaining("03:30") });
  });

  it("says which of two it takes", () => {
    const read = readLocalTime("2026-10-25T02:30", Date.UTC(2026, 9, 20));
    expect(read).toEqual({ iso: "2026-10-25T00:30:00.000Z", note: expect.stringContaining("first of the two") });
  });
});

it.each([
  ["", "Write date"],
  ["tomorrow", "Write date"],
  ["2026-02-31T09:00", "no such day"],
  ["2026-03-25T24:30", "no such day"],
  ["2026-03-19T09:00", "past"],
  ["2027-03-19T09:00", "90 days"],
])("refuses %j", (text, words) => {
  expect(readLocalTime(text, NOW_MS)).toEqual({ problem: expect.stringContaining(words) });
});
