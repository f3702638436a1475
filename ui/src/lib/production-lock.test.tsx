import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { countdown, setProductionLock, useProductionLock } from "./production-lock";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("is open for as long as the window says, and read-only from then on", () => {
  const { result } = renderHook(useProductionLock);
  act(() => setProductionLock({ open_for_s: null, reason: null }));
  expect(result.current.state).toBe("locked");
  const open = { open_for_s: 900, reason: "ticket 4711" };
  act(() => setProductionLock(open));
  expect(result.current).toMatchObject({ state: "open", reason: "ticket 4711" });
  act(() => vi.advanceTimersByTime(600_000));
  // The session is given again with other preferences: the same lock in it is not another fifteen minutes.
  act(() => setProductionLock(open));
  act(() => vi.advanceTimersByTime(299_000));
  expect(result.current.state).toBe("open");
  act(() => vi.advanceTimersByTime(2_000));
  expect(result.current.state).toBe("locked");
  act(() => setProductionLock(null));
  expect(result.current.state).toBe("none");
});

it("counts down in minutes and seconds", () => {
  expect(countdown(900_000, 0)).toBe("15:00");
  expect(countdown(61_000, 500)).toBe("1:01");
  expect(countdown(0, 5_000)).toBe("0:00");
});
