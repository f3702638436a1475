import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { AuditEntry } from "../../generated/commands";
import { renderInWindow } from "../../test/render";
import { AuditPanel } from "./AuditPanel";

const entry: AuditEntry = {
  id: "7",
  at: "2026-11-21T02:00:00Z",
  staff_id: null,
  actor: "operator: night shift",
  action: "job.cancel",
  user_id: null,
  user_email: null,
  job_id: null,
  session_id: null,
  reason: "Stuck",
  before: "running",
  after: "cancelled",
  request_id: null,
  address: null,
};

const show = (address: string | null) => renderInWindow(<AuditPanel entry={{ ...entry, address }} onClose={() => undefined} onFilter={() => undefined} />);

it("a line tells from where the change came, with hidden characters written out", () => {
  show("command line, ops-\u202Eone");
  expect(screen.getByText("From").nextSibling).toHaveTextContent("command line, ops-⟨U+202E⟩one");
});

it("a line of the system's own tells no place", () => {
  show(null);
  expect(screen.queryByText("From")).toBeNull();
});
