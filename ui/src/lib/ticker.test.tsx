import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { clockError, setServerTime } from "./clock";
import { relativeTime } from "./time";
import { useTicked } from "./ticker";

const HOURS_MS = 3_600_000;
const SINCE = "2026-11-21T12:00:00Z";

function Age() {
  return <p>{useTicked((now_ms) => relativeTime(SINCE, now_ms))}</p>;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  setServerTime(new Date().toISOString(), 0);
});

it.each([2, -2])("an age is the database’s from its first moment on, with a clock that is %i h off", (hours) => {
  vi.setSystemTime(Date.parse(SINCE) + hours * HOURS_MS);
  render(<Age />);
  // Read only now: until the first read this machine's clock is all there is.
  setServerTime(SINCE, 0);
  render(<Age />);
  expect(screen.getAllByText("now")).toHaveLength(1);
  act(() => vi.advanceTimersByTime(5_000));
  expect(screen.getAllByText("5 s ago")).toHaveLength(2);
});

it("a clock that is wrong is known, by how much and in which direction", () => {
  vi.setSystemTime(Date.parse(SINCE));
  setServerTime(SINCE, 0);
  expect(clockError()).toBeNull();
  setServerTime(SINCE, 30_000);
  expect(clockError()).toBeNull();
  setServerTime("2026-11-21T10:00:00Z", 0);
  expect(clockError()).toBe(7_200);
  setServerTime("2026-11-21T14:00:00Z", 0);
  expect(clockError()).toBe(-7_200);
});
