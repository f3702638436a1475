import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import type { BulkPlanRow, BulkPlanView, BulkStep } from "../../generated/commands";
import type { Commands } from "../../ipc/ipc";
import { keys } from "../../lib/query-keys";
import { renderInWindow } from "../../test/render";
import { BulkPlan } from "./BulkPlan";
import { BulkSelection } from "./BulkSelection";
import { allWords } from "./bulk-words";

const ID = "0190a000-0000-7000-8000-000000000b01";
const AT = "2026-11-21T03:00:00Z";

const STEPS: readonly BulkStep[] = ["confirm", "approve", "discard", "pause", "resume", "abort"];

function viewOf(plan: Partial<BulkPlanRow>, allowed: readonly BulkStep[], over: Partial<BulkPlanView> = {}): BulkPlanView {
  return {
    plan: {
      id: ID, action: "retry_jobs", status: "planned", expired: false, reason: "The demo service is back", source: "3 selected one by one", or_more: false,
      retry_of: null, items: 12, will_change: 8, already_there: 1, in_flight: 1, not_allowed: 2, done: 0, failed: 0, rate_per_s: 25, estimate_s: 1, typed_count: true,
      second_person: false, planned_by: "dana@repruv.test", planned_at: AT, expires_at: AT, confirmed_by: null, confirmed_at: null, approved_by: null, approved_at: null,
      job_id: null, note: null, ended_at: null, version: 1, ...plan,
    },
    reasons: [{ forecast: "not_allowed", why: "The job completed; there is nothing to retry.", count: 2 }],
    failures: [],
    sample: [],
    waiting: 8,
    undo: "This cannot be undone: it has used the demo service.",
    offers: STEPS.map((action) => ({ action, allowed: allowed.includes(action), preview: null, refusal: allowed.includes(action) ? null : `No ${action} now.` })),
    as_of: AT,
    ...over,
  };
}

/** The plan's page over a plan that can be changed as a refresh would. */
function open(first: BulkPlanView, over: Partial<Commands> = {}) {
  let now = first;
  const confirmBulkPlan = vi.fn<Commands["confirmBulkPlan"]>(async () => ({ status: "ok", data: viewOf({ status: "running", version: 2, job_id: ID }, ["pause", "abort"]) }));
  const stepBulkPlan = vi.fn<Commands["stepBulkPlan"]>(async () => ({ status: "ok", data: now }));
  const onOpen = vi.fn();
  const view = renderInWindow(<BulkPlan id={ID} onOpen={onOpen} onBack={() => undefined} />, {
    bulkPlan: async () => ({ status: "ok", data: now }),
    bulkItems: async () => ({ status: "ok", data: { rows: [], next: null, as_of: AT } }),
    confirmBulkPlan,
    stepBulkPlan,
    ...over,
  });
  const becomes = (next: BulkPlanView) =>
    act(async () => {
      now = next;
      view.client.setQueryData(keys.bulkPlan(ID), next);
    });
  return { confirmBulkPlan, stepBulkPlan, onOpen, becomes, user: userEvent.setup() };
}

it("shows what is to be expected by outcome, and says that it cannot be undone on the button that begins it", async () => {
  const { user } = open(viewOf({}, ["confirm", "discard"]));
  expect(await screen.findByText("will change")).toHaveTextContent("8 will change");
  expect(screen.getByText("not allowed")).toHaveTextContent("2 not allowed");
  await user.click(screen.getByRole("button", { name: "Retry 8 jobs…" }));
  expect(await screen.findByRole("button", { name: /cannot be undone/ })).toBeVisible();
  expect(screen.getByText(/it has used the demo service/)).toBeVisible();
});

it("begins only when the number that will change was typed, bound to the plan that was seen", async () => {
  const { confirmBulkPlan, user } = open(viewOf({}, ["confirm"]));
  await user.click(await screen.findByRole("button", { name: "Retry 8 jobs…" }));
  await user.type(await screen.findByLabelText(/Type how many/), "12{Enter}");
  expect(confirmBulkPlan).not.toHaveBeenCalled();
  await user.clear(screen.getByLabelText(/Type how many/));
  await user.type(screen.getByLabelText(/Type how many/), "8{Enter}");
  await waitFor(() => expect(confirmBulkPlan).toHaveBeenCalledOnce());
  expect(confirmBulkPlan.mock.calls[0]).toMatchObject([{ id: ID, version: 1 }, { typed_count: 8, reason: "The demo service is back" }]);
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(await screen.findByRole("button", { name: /Pause/ })).toBeVisible();
});

it("the open dialog survives a hundred refreshes, and a plan that moved blocks it", async () => {
  const { confirmBulkPlan, becomes, user } = open(viewOf({}, ["confirm"]));
  await user.click(await screen.findByRole("button", { name: "Retry 8 jobs…" }));
  await user.type(await screen.findByLabelText(/Type how many/), "8");
  for (let at = 0; at < 100; at += 1) await becomes(viewOf({}, ["confirm"], { as_of: new Date(Date.UTC(2026, 10, 21, 3, 0, at)).toISOString() }));
  expect(screen.getByLabelText(/Type how many/)).toHaveValue("8");
  await becomes(viewOf({ status: "running", version: 2, job_id: ID }, ["pause"]));
  expect(await screen.findByText(/Nothing was sent/)).toBeVisible();
  await user.type(screen.getByLabelText(/Type how many/), "{Enter}");
  expect(confirmBulkPlan).not.toHaveBeenCalled();
});

it("whoever has planned it sees that somebody else must approve, and cannot", async () => {
  const own = viewOf({ status: "awaiting_approval", second_person: true, version: 2, confirmed_by: "dana@repruv.test", confirmed_at: AT }, ["discard"]);
  const { stepBulkPlan, user } = open(own);
  expect(await screen.findByText(/It waits for a colleague: somebody other than dana@repruv.test/)).toBeVisible();
  const approve = screen.getByRole("button", { name: /^Approve/ });
  expect(approve).toHaveAttribute("aria-disabled", "true");
  await user.click(approve);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(stepBulkPlan).not.toHaveBeenCalled();
});

it("a second person approves with a reason of their own", async () => {
  const { stepBulkPlan, user } = open(viewOf({ status: "awaiting_approval", second_person: true, version: 2, confirmed_by: "dana@repruv.test", confirmed_at: AT }, ["approve", "discard"]));
  await user.click(await screen.findByRole("button", { name: /^Approve/ }));
  await user.type(await screen.findByLabelText(/Reason/), "Looked at it too");
  await user.click(screen.getByRole("button", { name: /Approve and begin/ }));
  await waitFor(() => expect(stepBulkPlan).toHaveBeenCalledOnce());
  expect(stepBulkPlan.mock.calls[0]).toMatchObject([{ id: ID, version: 2 }, "approve", { reason: "Looked at it too" }]);
});

it("what failed is planned anew on a page of its own", async () => {
  const next = viewOf({ id: "0190a000-0000-7000-8000-000000000b02", retry_of: ID }, ["confirm"]);
  const retryFailedBulk = vi.fn<Commands["retryFailedBulk"]>(async () => ({ status: "ok", data: next }));
  const { onOpen, user } = open(viewOf({ status: "completed", version: 3, job_id: ID, done: 6, failed: 2, ended_at: AT }, [], { waiting: 0 }), { retryFailedBulk });
  await user.click(await screen.findByRole("button", { name: /Plan the 2 failed ones anew/ }));
  await user.click(await screen.findByRole("button", { name: /Make the plan/ }));
  await waitFor(() => expect(onOpen).toHaveBeenCalledWith(next.plan.id));
  expect(retryFailedBulk.mock.calls[0]).toMatchObject([{ id: ID, version: 3 }, { reason: "The demo service is back" }]);
});

it("means the ticks again as soon as they change, and speaks of no filter where there is none", async () => {
  const everybody = { search: null, demo_modes: [] };
  const Ticks = () => {
    const [ids, setIds] = useState(["a", "b"]);
    return (
      <>
        <button onClick={() => setIds(["a"])}>Untick one</button>
        <BulkSelection what="user" ids={new Set(ids)} all={{ filter: { jobs: null, users: everybody, cases: null }, ...allWords("user", everybody) }} onPlanned={() => undefined} onClear={() => undefined} />
      </>
    );
  };
  renderInWindow(<Ticks />, {});
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Every user" }));
  expect(screen.getByText("Every user: no filter is set")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Copy ids" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Only the 2 ticked" }));
  expect(screen.getByText("2 users selected")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Every user" }));
  await user.click(screen.getByRole("button", { name: "Untick one" }));
  expect(screen.getByText("1 user selected")).toBeVisible();
});

it("plans what is selected, or all that the filter lets through, and changes nothing itself", async () => {
  const made = viewOf({}, ["confirm"]);
  const makeBulkPlan = vi.fn<Commands["makeBulkPlan"]>(async () => ({ status: "ok", data: made }));
  const onPlanned = vi.fn();
  const filter = { statuses: ["failed" as const], job_types: [], user: null, id: null, worker_id: null, error: null };
  renderInWindow(<BulkSelection what="job" ids={new Set(["a", "b"])} all={{ filter: { jobs: filter, users: null, cases: null }, ...allWords("job", filter) }} onPlanned={onPlanned} onClear={() => undefined} />, { makeBulkPlan });
  const user = userEvent.setup();
  const plan = async () => {
    await user.click(screen.getByRole("button", { name: "Retry…" }));
    await user.type(await screen.findByLabelText(/Reason/), "The demo service is back");
    await user.click(screen.getByRole("button", { name: /Make the plan/ }));
  };
  expect(screen.getByText("2 jobs selected")).toBeVisible();
  await plan();
  await waitFor(() => expect(onPlanned).toHaveBeenCalledWith(ID));
  expect(makeBulkPlan.mock.calls[0]?.[1]).toMatchObject({ action: "retry_jobs", ids: ["a", "b"], jobs: null, users: null });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "All that match" }));
  expect(screen.getByText("All jobs that match the filter")).toBeVisible();
  await plan();
  await waitFor(() => expect(makeBulkPlan).toHaveBeenCalledTimes(2));
  expect(makeBulkPlan.mock.calls[1]?.[1]).toMatchObject({ ids: null, jobs: filter, users: null });
});
