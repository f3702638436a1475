import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { CommandTarget, UserView } from "../../generated/commands";
import { ok, refuse } from "../../ipc/fixture/answers";
import { job } from "../../ipc/fixture/factories";
import { PRESETS } from "../../ipc/fixture/words";
import type { Commands } from "../../ipc/ipc";
import { renderInWindow } from "../../test/render";
import { userView } from "../../test/user-view";
import { DemoModeActions } from "./DemoModeActions";

// Roles are looked up in whole dialogs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 20_000 });

const REASON = "Reason, for the audit trail";
const presets: Commands["presets"] = () => ok([...PRESETS]);
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

it("offers what the rules allow, and says why not the rest", async () => {
  renderInWindow(<DemoModeActions view={userView({ status: "enabled" }, { disable: "disabling" })} />);
  expect(screen.getByRole("button", { name: "Disable…" })).not.toHaveAttribute("aria-disabled");
  for (const name of ["Enable…", "Cancel operation…", "Retry…", "Dismiss…"]) expect(screen.getByRole("button", { name })).toHaveAttribute("aria-disabled", "true");
  await userEvent.tab();
  expect(screen.getByRole("button", { name: "Enable…" })).toHaveFocus();
  expect(await screen.findByText("Not enable now.")).toBeInTheDocument();
  await press("Enable…");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("enables with the default preset, a reason, and the version that was seen; once, however often it is pressed", async () => {
  const enabling = userView({ status: "enabling", job: job().running() }, {}, { version: 5 });
  const enableDemoMode = vi.fn<Commands["enableDemoMode"]>(() => ok(enabling));
  renderInWindow(<DemoModeActions view={userView()} />, { presets, enableDemoMode });
  await press("Enable…");
  expect(screen.getByText("What enable does.")).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("radio", { name: /Mid-Tier Creator/ })).toBeChecked());
  await press("Enable");
  expect(enableDemoMode).not.toHaveBeenCalled();
  await userEvent.type(screen.getByLabelText(REASON), "Sales call");
  await userEvent.dblClick(screen.getByRole("button", { name: "Enable" }));
  expect(enableDemoMode).toHaveBeenCalledOnce();
  const [target, body] = enableDemoMode.mock.calls[0] as [CommandTarget, unknown];
  expect(target).toMatchObject({ id: enabling.user.id, version: 4 });
  expect(body).toEqual({ reason: "Sales call", profile: { preset: "mid_tier_creator", profile_type: null, niche: null }, run_at: null });
  expect(await screen.findByText("Writing reviews")).toBeInTheDocument();
});

it("does not send a type without its niche", async () => {
  const enableDemoMode = vi.fn<Commands["enableDemoMode"]>(() => ok(userView()));
  renderInWindow(<DemoModeActions view={userView()} />, { presets, enableDemoMode });
  await press("Enable…");
  await userEvent.click(await screen.findByRole("radio", { name: "Type and niche" }));
  await userEvent.type(screen.getByLabelText(REASON), "Sales call");
  await press("Enable");
  expect(enableDemoMode).not.toHaveBeenCalled();
  await userEvent.type(screen.getByLabelText("Niche"), "Food");
  await press("Enable");
  expect(enableDemoMode.mock.calls[0]?.[1]).toMatchObject({ profile: { preset: null, profile_type: "creator", niche: "Food" } });
});

it("shows what changed when the version moved, and changes nothing", async () => {
  const conflict = refuse<UserView>({ type: "conflict", message: "Demo mode is now disabling.", request_id: "r-1" });
  const disableDemoMode = vi.fn<Commands["disableDemoMode"]>(() => conflict);
  const { rerender } = renderInWindow(<DemoModeActions view={userView({ status: "enabled" }, { disable: "disabling" })} />, { disableDemoMode });
  await press("Disable…");
  await userEvent.type(screen.getByLabelText(REASON), "The demo is over");
  await press("Disable");
  expect(await screen.findByText(/Nothing was changed by you/)).toBeInTheDocument();
  rerender(<DemoModeActions view={userView({ status: "disabling", job: job({ job_type: "demo_disable" }).running() }, {}, { version: 5 })} />);
  expect(screen.getByText(/demo mode went from enabled to disabling; a job was made: disable demo mode/)).toBeInTheDocument();
  expect(screen.getByLabelText(REASON)).toHaveValue("The demo is over");
  await press("Disable");
  expect(disableDemoMode).toHaveBeenCalledOnce();
});

it("retries the job that failed, bound to the job's version", async () => {
  const failed = job().failed();
  const retryJob = vi.fn<Commands["retryJob"]>(() => refuse({ type: "forbidden", message: "Your role may not." }));
  renderInWindow(<DemoModeActions view={userView({ status: "failed", failed_operation: "enable", job: failed }, { retry: "enabling", dismiss: "disabled" })} />, { retryJob });
  await press("Retry…");
  await userEvent.type(screen.getByLabelText(REASON), "The cause is mended");
  await press("Retry");
  expect(retryJob.mock.calls[0]?.[0]).toMatchObject({ id: failed.id, version: 11 });
  expect(await screen.findByText(/Your role may not/)).toBeInTheDocument();
});
