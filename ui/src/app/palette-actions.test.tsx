import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fixtureIpc } from "../ipc/fixture/fixture-ipc";
import { read } from "../lib/failure";
import { App } from "./App";
import { openPlace } from "./place";

beforeEach(() => {
  location.hash = "#/audit";
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(640);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(640);
});

async function open(state: string) {
  const ipc = fixtureIpc(state);
  const bootstrap = await read(ipc.commands.bootstrap());
  render(<App ipc={ipc} bootstrap={bootstrap} firstPlace={await openPlace(ipc, bootstrap)} />);
  const user = userEvent.setup();
  /** By the keyboard only: what a person types, and Enter on what it finds. */
  const choose = async (text: string, words: string) => {
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("searchbox", { name: "Find anything" }), text);
    await screen.findByRole("menuitem", { name: new RegExp(words) });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.queryByRole("searchbox", { name: "Find anything" })).toBeNull());
  };
  return { ipc, user, choose };
}

it("unlocks production with a reason, and locks it again", async () => {
  const { ipc, user, choose } = await open("production");
  const unlock = vi.spyOn(ipc.commands, "unlockProduction");
  await choose("unlock", "Unlock for changes…");
  await user.type(await screen.findByRole("textbox", { name: "Why you need to change something" }), "Ticket 4711{Enter}");
  expect(unlock).toHaveBeenCalledWith("Ticket 4711");
  await screen.findByRole("button", { name: /^Unlocked for another/ });
  await choose("lock now", "Lock now");
  await screen.findByRole("button", { name: "Read-only. Unlock…" });
});

it("offers no lock where there is none, and the looks that are not chosen", async () => {
  const { ipc, user, choose } = await open("");
  const keep = vi.spyOn(ipc.commands, "setPreferences");
  await choose("theme: dark", "Theme: dark");
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(keep).toHaveBeenCalledWith(expect.objectContaining({ theme: "dark" }));
  await user.keyboard("{Control>}k{/Control}");
  const offered = (await screen.findAllByRole("menuitem")).map(({ textContent }) => textContent);
  expect(offered.filter((words) => words?.startsWith("Theme"))).toEqual(["Theme: as the systemLook", "Theme: lightLook"]);
  expect(offered.some((words) => /lock/i.test(words ?? ""))).toBe(false);
});
