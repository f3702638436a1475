import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { BulkPlanRow } from "../generated/commands";
import { ok } from "../ipc/fixture/answers";
import { fixtureIpc } from "../ipc/fixture/fixture-ipc";
import type { Ipc } from "../ipc/ipc";
import { read } from "../lib/failure";
import { App } from "./App";
import { openPlace } from "./place";

// It draws on a canvas, which there is none of here.
vi.mock("uplot", () => ({ default: Object.assign(class { destroy() {} setData() {} setSize() {} }, { paths: {} }) }));

beforeEach(() => {
  location.hash = "#/";
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(640);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(640);
});

async function open(state = "", path: string | null = null, arrange: (ipc: Ipc) => void = () => undefined) {
  const ipc = fixtureIpc(state);
  arrange(ipc);
  const bootstrap = { ...(await read(ipc.commands.bootstrap())), path };
  const firstPlace = await openPlace(ipc, bootstrap);
  const view = render(<App ipc={ipc} bootstrap={bootstrap} firstPlace={firstPlace} />);
  return { ipc, view, user: userEvent.setup() };
}

describe("the window's page", () => {
  it("is whole at its first paint", async () => {
    const { view } = await open();
    // Nothing was awaited since: this is what stands on the screen when the window is shown.
    expect(screen.getByRole("heading", { name: "Now" })).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: /Needs a person/ })).toBeInTheDocument();
    expect(screen.getByText("Success, 24 h")).toBeInTheDocument();
    expect(view.container).not.toHaveTextContent("Reading");
  });

  it("counts what waits for this person's approval apart from what of theirs waits for a colleague, and leads to each", async () => {
    const waiting = (id: string, will_change: number) => ({ id, action: "revoke_sessions", will_change, reason: "A leaked list", planned_by: "eli@repruv.test", expires_at: new Date().toISOString() }) as BulkPlanRow;
    await open("", null, (ipc) => {
      vi.spyOn(ipc.commands, "bulkApprovals").mockImplementation(() => ok({ yours: [waiting("plan-1", 1), waiting("plan-2", 3)], own: [waiting("plan-3", 2)], as_of: new Date().toISOString() }));
    });
    const yours = screen.getByRole("region", { name: "Waits for your approval 2" });
    expect(within(yours).getByRole("link", { name: "Revoke all sessions of 1 user" })).toHaveAttribute("href", "/#/bulk/plan-1");
    expect(within(yours).getAllByText("Needs your approval")).toHaveLength(2);
    const own = screen.getByRole("region", { name: "Waits for a colleague 1" });
    expect(within(own).getByRole("link", { name: "Revoke all sessions of 2 users" })).toHaveAttribute("href", "/#/bulk/plan-3");
  });

  it("plans the fix of what is selected, or of all with that cause", async () => {
    const { ipc, user } = await open();
    const plan = vi.spyOn(ipc.commands, "makeBulkPlan");
    const list = await read(ipc.commands.contradictions(null));
    const alike = list.rows.filter(({ verdict }) => verdict.cause === "failed_for_good").slice(0, 2);
    const selected = `${alike.length} ${alike.length === 1 ? "case" : "cases"} selected`;
    const boxOf = (email: string | null) => screen.findByRole("checkbox", { name: new RegExp(`^Select ${email}:`) });
    const making = async () => {
      await user.click(screen.getByRole("button", { name: "Fix…" }));
      await user.type(await screen.findByLabelText(/Reason/), "The demo service is back");
      await user.click(screen.getByRole("button", { name: /Make the plan/ }));
    };
    for (const { user_email } of alike) await user.click(await boxOf(user_email));
    expect(screen.getByText(selected)).toBeVisible();
    await making();
    await waitFor(() => expect(plan).toHaveBeenCalledOnce());
    expect(plan.mock.calls[0]?.[1]).toMatchObject({ action: "apply_fix", ids: alike.map(({ plan_as }) => plan_as), cases: null });
    await user.keyboard("{Escape}");
    await user.click(await screen.findByRole("button", { name: "All with this cause and fix" }));
    expect(screen.getByText(/All cases of “Failed for good” whose fix is/)).toBeVisible();
    await making();
    await waitFor(() => expect(plan).toHaveBeenCalledTimes(2));
    expect(plan.mock.calls[1]?.[1]).toMatchObject({ ids: null, cases: { cause: "failed_for_good", fix: "retry_now" } });
  });

  it("opens where a link points to", async () => {
    await open("", "/jobs?q=status%3Afailed");
    expect(screen.getByRole("grid", { name: "Jobs" })).toBeInTheDocument();
    expect(screen.getByText("failed")).toBeInTheDocument();
    const rows = screen.getAllByRole("row").slice(1);
    for (const row of rows) expect(row).toHaveTextContent("Failed");
  });

  it("goes by keys alone: g j to the jobs, j into their table, Enter to open one, Escape to close it", async () => {
    const { user } = await open();
    await user.keyboard("gj");
    const grid = await screen.findByRole("grid", { name: "Jobs" });
    await waitFor(() => expect(within(grid).getAllByRole("row").length).toBeGreaterThan(2));
    await user.keyboard("j");
    expect(within(grid).getAllByRole("row")[1]).toHaveFocus();
    await user.keyboard("j");
    expect(within(grid).getAllByRole("row")[2]).toHaveFocus();
    await user.keyboard("{Enter}");
    const panel = await screen.findByRole("complementary", { name: "Job" });
    await within(panel).findByText("Attempt");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("complementary", { name: "Job" })).toBeNull());
  });

  it("shows a job that is asked for while it is looked at", async () => {
    const { ipc } = await open("", "/jobs");
    const before = screen.getAllByRole("row")[1]?.getAttribute("data-id");
    const users = await read(ipc.commands.usersPage({ search: null, demo_modes: ["disabled"] }, null, 1));
    const user = users.rows[0];
    if (user === undefined) throw new Error("The demonstration has no user whose demo mode is off.");
    await ipc.commands.enableDemoMode(
      { id: user.id, version: user.version, command_id: crypto.randomUUID(), title: "Enable" },
      { reason: "test", profile: { preset: "mid_tier_creator", profile_type: null, niche: null }, run_at: null },
    );
    await waitFor(() => expect(screen.getAllByRole("row")[1]?.getAttribute("data-id")).not.toBe(before), { timeout: 3_000 });
  });

  it("blocks changes while it is stale, and says so", async () => {
    const { user } = await open("stale", "/jobs?q=status%3Afailed");
    expect(screen.getByText(/Changes are blocked until it is/)).toBeInTheDocument();
    await user.click(screen.getAllByRole("row")[1] as HTMLElement);
    const retry = await screen.findByRole("button", { name: "Retry" });
    expect(retry).toHaveAttribute("aria-disabled", "true");
    await user.click(retry);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("blocks changes while the API is away, and goes on showing", async () => {
    await open("api-down", "/jobs?q=status%3Afailed");
    expect(screen.getByText(/Nothing can be changed now/)).toBeInTheDocument();
    expect(screen.getByText(/live · /)).toBeInTheDocument();
  });

  it("asks for a sign-in and goes on without the keychain", async () => {
    const { user } = await open("signed-out");
    expect(screen.getByText(/keychain is locked/)).toBeInTheDocument();
    expect(screen.getByRole("checkbox", { name: /This session only/ })).toBeChecked();
    await user.type(screen.getByLabelText("E-mail"), "dana@repruv.test");
    await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
    expect(await screen.findByText("Invalid email or password")).toBeInTheDocument();
    await user.clear(screen.getByLabelText("Password"));
    await user.type(screen.getByLabelText("Password"), "demo{Enter}");
    expect(await screen.findByRole("heading", { name: "Now" })).toBeInTheDocument();
  });

  it("says that a sign-in was not kept, until it is read", async () => {
    const { user } = await open("unkept");
    expect(screen.getByText(/signed in for this session only/)).toBeInTheDocument();
    expect(screen.getByText(/The keychain did not take your sign-in/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Understood" }));
    expect(screen.queryByText(/signed in for this session only/)).toBeNull();
  });

  it("keeps a command whose answer was lost in sight", async () => {
    const { user } = await open("lost");
    expect(await screen.findByText(/It is not known whether this happened/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Ask now" }));
    await user.click(await screen.findByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText(/It is not known/)).toBeNull();
    expect(screen.queryByRole("button", { name: "Dismiss" })).toBeNull();
  });
});
