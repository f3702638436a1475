import { describe, expect, it } from "vitest";
import { holdOrder } from "./hold-order";

type Row = { id: string; state: string };
const row = (id: string, state = "a"): Row => ({ id, state });
const none = () => undefined;

describe("holding the order", () => {
  it("keeps rows where they are and offers the new one", () => {
    const shown = [row("3"), row("2")];
    const held = holdOrder(shown, [row("4"), row("3"), row("2")], none);
    expect(held.rows.map((each) => each.id)).toEqual(["3", "2"]);
    expect(held.newCount).toBe(1);
  });

  it("shows the newest contents of a held row", () => {
    const held = holdOrder([row("1", "running")], [row("1", "failed")], none);
    expect(held.rows[0]?.state).toBe("failed");
  });

  it("keeps a row that left the list, with what is known of it", () => {
    const held = holdOrder([row("1", "running"), row("2")], [row("2")], (id) => (id === "1" ? row("1", "completed") : undefined));
    expect(held.rows.map((each) => `${each.id}${each.state}`)).toEqual(["1completed", "2a"]);
    expect(held.newCount).toBe(0);
  });

  it("does not move rows that the database sorts anew", () => {
    expect(holdOrder([row("1"), row("2"), row("3")], [row("3"), row("1"), row("2")], none).rows.map((each) => each.id)).toEqual(["1", "2", "3"]);
  });

  it("lets the next page follow, as it moves nothing", () => {
    const held = holdOrder([row("3"), row("2")], [row("3"), row("2"), row("1"), row("0")], none);
    expect(held.rows.map((each) => each.id)).toEqual(["3", "2", "1", "0"]);
    expect(held.newCount).toBe(0);
  });

  it("gives the very list back when nothing is held back", () => {
    const latest = [row("2"), row("1")];
    expect(holdOrder(latest, latest, none).rows).toBe(latest);
  });
});
