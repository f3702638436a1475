import { UserRound } from "lucide-react";
import { expect, it, vi } from "vitest";
import { SHORTCUTS } from "../lib/shortcuts";
import { clipboardItems, matchItems, placeItems } from "./palette-items";
import { PLACES } from "./places";

it("offers what the clipboard leads to, marked as copied", () => {
  const onPress = vi.fn();
  const found = [{ id: "user 1", words: "ana@example.com", icon: UserRound, hint: "User", onPress }];
  const [item, ...more] = clipboardItems({ text: "ana@example.com", path: null }, found, vi.fn());
  expect(more).toEqual([]);
  expect(item).toMatchObject({ id: "clipboard user 1", words: "ana@example.com", hint: "Copied" });
  item?.onPress();
  expect(onPress).toHaveBeenCalledOnce();
});

it("opens a copied link by its path and nothing else", () => {
  const open = vi.fn();
  const [item] = clipboardItems({ text: "repruv-ops://user/1", path: "/users/1" }, [], open);
  item?.onPress();
  expect(open).toHaveBeenCalledWith("/users/1");
});

it("finds pages by a part of their words", () => {
  expect(matchItems(placeItems(vi.fn()), "AUD").map(({ words }) => words)).toEqual(["Audit"]);
});

it("tells the keys of every page in the help", () => {
  const told = SHORTCUTS.flatMap(({ keys }) => keys).map(({ keys, words }) => `${keys} ${words}`);
  expect(told).toEqual(expect.arrayContaining(PLACES.map(({ key, words }) => `g ${key} ${words}`)));
});
