import { expect, it } from "vitest";
import { userRow } from "../../ipc/fixture/factories";
import { compareUsers, toUserFilter, toggleDemo, userBelongs } from "./user-filters";

it("reads the URL, and leaves out what is no status", () => {
  expect(toUserFilter(" ana ", "failed,nonsense,enabling")).toEqual({ search: "ana", demo_modes: ["enabling", "failed"] });
  expect(toUserFilter("", "")).toEqual({ search: null, demo_modes: [] });
});

it("puts a status in and out", () => {
  expect(toggleDemo("", "failed")).toBe("failed");
  expect(toggleDemo("failed", "enabling")).toBe("enabling,failed");
  expect(toggleDemo("failed", "failed")).toBeUndefined();
  expect(toggleDemo("disabled,enabling,enabled,disabling", "failed")).toBeUndefined();
});

it("keeps a live row in the list that it belongs to", () => {
  const row = userRow({ id: "0190a000-0000-7000-8000-000000000001", demo_mode: "failed" });
  expect(userBelongs(toUserFilter("SILVA", "failed"), row)).toBe("yes");
  expect(userBelongs(toUserFilter("0190a0", ""), row)).toBe("yes");
  expect(userBelongs(toUserFilter("0190A0", ""), row)).toBe("yes");
  expect(userBelongs(toUserFilter("bram", ""), row)).toBe("no");
  expect(userBelongs(toUserFilter("", "enabled"), row)).toBe("no");
});

it("orders by sign-up, newest first", () => {
  const old = userRow({ created_at: "2026-11-01T00:00:00Z" });
  const young = userRow({ created_at: "2026-11-20T00:00:00Z" });
  expect([old, young].sort(compareUsers)).toEqual([young, old]);
});
