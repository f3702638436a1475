import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { caseOf, verdictOf } from "../../test/case-view";
import { renderInWindow } from "../../test/render";
import { UserVerdict } from "./CaseVerdict";
import { RecurringCauses } from "./RecurringCauses";

const ID = "0190a000-0000-7000-8000-000000000001";

it("the reply for the ticket is copied as it stands in the verdict", async () => {
  const user = userEvent.setup();
  const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  renderInWindow(<UserVerdict id={ID} />, { userCase: async () => ({ status: "ok", data: caseOf({ verdict: verdictOf({ reply: "Please choose another niche." }) }) }) });
  await user.click(await screen.findByRole("button", { name: "Copy reply" }));
  expect(writeText).toHaveBeenCalledWith("Please choose another niche.");
});

it("where there is nothing to reply, none is offered", async () => {
  renderInWindow(<UserVerdict id={ID} />, { userCase: async () => ({ status: "ok", data: caseOf({ verdict: verdictOf({ reply: null }) }) }) });
  await screen.findByText("It failed for good");
  expect(screen.queryByRole("button", { name: "Copy reply" })).toBeNull();
});

it("a cause that keeps coming back says how often it was fixed, and whether that held", async () => {
  renderInWindow(<RecurringCauses />, {
    recurringCauses: async () => ({ status: "ok", data: [{ cause: "queue_paused", fixed: 5, held: 2, not_held: 1, last_at: new Date().toISOString() }] }),
  });
  await waitFor(() => expect(screen.getByRole("listitem")).toHaveTextContent("5×The queue was paused1 did not hold2 held2 not known yet"));
});
