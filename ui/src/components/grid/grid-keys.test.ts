import { describe, expect, it } from "vitest";
import { gridIntent, idsBetween } from "./grid-keys";

const key = (name: string, held: Partial<Record<"shiftKey" | "ctrlKey" | "metaKey" | "altKey", boolean>> = {}) => ({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe("keys in a table", () => {
  it.each([
    ["ArrowDown", 6],
    ["j", 6],
    ["ArrowUp", 4],
    ["k", 4],
    ["PageDown", 15],
    ["PageUp", 0],
    ["Home", 0],
    ["End", 99],
  ])("%s moves to row %d", (name, to) => {
    expect(gridIntent(key(name), 5, 100, 10)).toEqual({ do: "move", to, extend: false });
  });

  it("stays within the table", () => {
    expect(gridIntent(key("ArrowDown"), 99, 100, 10)).toMatchObject({ to: 99 });
    expect(gridIntent(key("PageDown"), 95, 100, 10)).toMatchObject({ to: 99 });
  });

  it("goes from the first row to the header", () => {
    expect(gridIntent(key("ArrowUp"), 0, 100, 10)).toEqual({ do: "header" });
  });

  it("extends with Shift", () => {
    expect(gridIntent(key("ArrowDown", { shiftKey: true }), 5, 100, 10)).toMatchObject({ to: 6, extend: true });
  });

  it("opens, selects, selects all, escapes, shows what is new", () => {
    expect(gridIntent(key("Enter"), 0, 1, 1)).toEqual({ do: "open" });
    expect(gridIntent(key(" "), 0, 1, 1)).toEqual({ do: "toggle" });
    expect(gridIntent(key("a", { ctrlKey: true }), 0, 1, 1)).toEqual({ do: "all" });
    expect(gridIntent(key("Escape"), 0, 1, 1)).toEqual({ do: "escape" });
    expect(gridIntent(key("."), 0, 1, 1)).toEqual({ do: "new" });
  });

  it("leaves the keys of others alone", () => {
    expect(gridIntent(key("k", { metaKey: true }), 0, 1, 1)).toBeNull();
    expect(gridIntent(key("g"), 0, 1, 1)).toBeNull();
    expect(gridIntent(key("ArrowLeft", { altKey: true }), 0, 1, 1)).toBeNull();
  });

  it("finds the ids between two rows in either direction", () => {
    expect(idsBetween(["a", "b", "c", "d"], "c", "a")).toEqual(["a", "b", "c"]);
    expect(idsBetween(["a", "b"], "gone", "b")).toEqual(["b"]);
  });
});
