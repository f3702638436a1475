import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { CaseView } from "../../generated/commands";
import type { Commands } from "../../ipc/ipc";
import { keys } from "../../lib/query-keys";
import { caseOf, offerOf, verdictOf } from "../../test/case-view";
import { renderInWindow } from "../../test/render";
import { UserVerdict } from "./CaseVerdict";

const ID = "0190a000-0000-7000-8000-000000000001";

/** The card over a case that can be changed as the stream would. */
function open(first: CaseView, over: Partial<Commands> = {}) {
  let now = first;
  const applyFix = vi.fn<Commands["applyFix"]>(async () => ({ status: "ok", data: now }));
  const view = renderInWindow(<UserVerdict id={ID} />, { userCase: async () => ({ status: "ok", data: now }), applyFix, ...over });
  const becomes = (next: CaseView) =>
    act(async () => {
      now = next;
      view.client.setQueryData(keys.userCase(ID), next);
    });
  return { applyFix, becomes, user: userEvent.setup() };
}

/** The button that confirms has the focus. */
const ready = () => waitFor(() => expect(document.activeElement?.closest("footer")).not.toBeNull());

it("Enter opens what the fix leads to, and Enter there applies it, bound to what was seen", async () => {
  const { applyFix, user } = open(caseOf());
  expect(await screen.findByRole("button", { name: /Try again now/ })).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("being turned on")).toBeVisible();
  expect(screen.getByText("Cancel it while it runs.")).toBeVisible();
  await ready();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(applyFix).toHaveBeenCalledOnce());
  expect(applyFix.mock.calls[0]?.slice(1)).toEqual([ID, { fix: "retry_now", user_version: 4, job_id: "0190a000-0000-7000-8000-0000000000aa", job_version: 11, reason: null }]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("a reason is asked for only where it matters, and nothing is sent without it", async () => {
  const { applyFix, user } = open(caseOf({ verdict: verdictOf({ fix: offerOf({ needs_reason: true }) }) }));
  await screen.findByRole("button", { name: /Try again now/ });
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByLabelText(/Reason/)).toHaveFocus());
  await user.keyboard("{Enter}");
  expect(applyFix).not.toHaveBeenCalled();
  await user.keyboard("Asked by phone{Enter}");
  await waitFor(() => expect(applyFix.mock.calls[0]?.[2].reason).toBe("Asked by phone"));
});

it("the open preview survives a hundred refreshes that change nothing", async () => {
  const { applyFix, becomes, user } = open(caseOf());
  await screen.findByRole("button", { name: /Try again now/ });
  await user.keyboard("{Enter}");
  await screen.findByText("being turned on");
  for (let at = 0; at < 100; at += 1) await becomes(caseOf({ as_of: new Date(Date.UTC(2026, 10, 21, 3, 0, at)).toISOString(), verdict: verdictOf({ since_s: at }) }));
  await ready();
  expect(applyFix).not.toHaveBeenCalled();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(applyFix).toHaveBeenCalledOnce());
});

it("when the case moves, both are shown side by side and nothing can be sent", async () => {
  const { applyFix, becomes, user } = open(caseOf());
  await screen.findByRole("button", { name: /Try again now/ });
  await user.keyboard("{Enter}");
  await screen.findByText("being turned on");
  await becomes(caseOf({ user_version: 5, demo_mode: "enabling", verdict: verdictOf({ cause: "running_normally", title: "Running", fix: null }) }));
  expect(await screen.findByText(/Nothing was written/)).toBeVisible();
  expect(screen.getByRole("cell", { name: "enabling" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Try again now/ })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Look at it as it is now" }));
  expect(applyFix).not.toHaveBeenCalled();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("a refusal because it moved shows the case that the API told", async () => {
  const current = caseOf({ user_version: 6, demo_mode: "enabled", verdict: verdictOf({ cause: "nothing_wrong", title: "Nothing is wrong", fix: null }) });
  const { user } = open(caseOf(), { applyFix: async () => ({ status: "error", error: { type: "moved", message: "It moved.", current } }) });
  await screen.findByRole("button", { name: /Try again now/ });
  await user.keyboard("{Enter}");
  await screen.findByText("being turned on");
  await ready();
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("cell", { name: "Nothing is wrong (known)" })).toBeVisible();
});

it("f finds the fix from anywhere on the page, but not while somebody types", async () => {
  const { user } = open(caseOf());
  const button = await screen.findByRole("button", { name: /Try again now/ });
  button.blur();
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  await user.keyboard("f");
  expect(screen.queryByRole("dialog")).toBeNull();
  field.remove();
  await user.keyboard("f");
  expect(await screen.findByRole("dialog")).toBeVisible();
});

it("a verdict with nothing to do offers no button and says when it goes on by itself", async () => {
  open(caseOf({ verdict: verdictOf({ cause: "retrying", gravity: "moving", fix: null, mends_itself_in_s: 3_600, since_s: null }), as_of: new Date().toISOString() }));
  expect(await screen.findByText(/goes on by itself in/)).toBeVisible();
  expect(screen.queryByRole("button", { name: /Try again/ })).toBeNull();
});
