import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { ErrorWords } from "../../generated/commands";
import type { Commands } from "../../ipc/ipc";
import { renderInWindow } from "../../test/render";
import { ErrorWordsSettings } from "./ErrorWordsSettings";

const speechless: ErrorWords = {
  fingerprint: "rejected: the demo service refused: niche # is unknown.",
  error_class: "rejected",
  sample: "The demo service refused: niche 7 is unknown.",
  seen: 3,
  first_seen_at: "2026-11-21T02:00:00Z",
  last_seen_at: "2026-11-21T02:30:00Z",
  last_job_id: null,
  title: null,
  customer_sees: null,
  ticket_reply: null,
  written_by: null,
  version: 4,
};

it("an error that needs words is given all three, bound to the version that was seen", async () => {
  const user = userEvent.setup();
  const writeErrorWords = vi.fn<Commands["writeErrorWords"]>(async () => ({ status: "ok", data: { ...speechless, title: "Unknown niche", version: 5 } }));
  renderInWindow(<ErrorWordsSettings />, { errorWords: async () => ({ status: "ok", data: [speechless] }), writeErrorWords });
  expect(await screen.findByText("Needs words")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Write words…" }));
  fireEvent.change(await screen.findByLabelText("What it is called"), { target: { value: "Unknown niche" } });
  fireEvent.change(screen.getByLabelText("What the customer sees"), { target: { value: "An error." } });
  fireEvent.change(screen.getByLabelText(/^Reason/), { target: { value: "Seen often" } });
  const save = screen.getByRole("button", { name: /^Save the words/ });
  expect(save).toHaveAttribute("aria-disabled", "true");
  fireEvent.change(screen.getByLabelText("Reply for the ticket"), { target: { value: "Please choose another niche." } });
  await user.click(save);
  await waitFor(() => expect(writeErrorWords).toHaveBeenCalledOnce());
  expect(writeErrorWords.mock.calls[0]?.slice(1)).toEqual([
    4,
    { reason: "Seen often", fingerprint: speechless.fingerprint, title: "Unknown niche", customer_sees: "An error.", ticket_reply: "Please choose another niche." },
  ]);
});
