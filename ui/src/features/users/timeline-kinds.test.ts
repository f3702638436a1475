import { expect, it } from "vitest";
import { fromKindsText, toggleKind } from "./timeline-kinds";

it("reads kinds from the URL and leaves other words out", () => {
  expect(fromKindsText("session,job,evil")).toEqual(["job", "session"]);
  expect(fromKindsText("")).toEqual([]);
});

it("takes a kind in and out; none and all are everything", () => {
  expect(toggleKind("", "audit")).toBe("audit");
  expect(toggleKind("audit", "job")).toBe("job,audit");
  expect(toggleKind("job,audit", "session")).toBeUndefined();
  expect(toggleKind("audit", "audit")).toBeUndefined();
});
