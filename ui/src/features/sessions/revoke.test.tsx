import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Bootstrap, BulkPlanView, SessionFilter, SessionRow } from "../../generated/commands";
import { ok, refuse } from "../../ipc/fixture/answers";
import { at, sessionRow } from "../../ipc/fixture/factories";
import { fixtureIpc } from "../../ipc/fixture/fixture-ipc";
import type { Commands } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";
import { SessionContext } from "../../lib/session";
import { renderInWindow } from "../../test/render";
import { RevokeActions } from "./RevokeActions";
import { activeOf } from "./session-filters";

// Roles are looked up in whole dialogs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 20_000 });

const REASON = "Reason, for the audit trail";

/** One user's sessions, and commands that end them. */
function system() {
  let rows = [sessionRow({ device: "Chrome on macOS" }), sessionRow({ device: "Safari on iPhone" }), sessionRow({ device: "Firefox on Windows", status: "expired" })];
  const end = (which: (row: SessionRow) => boolean, when = at(Date.now())) => {
    rows = rows.map((row) => (row.status === "active" && which(row) ? sessionRow({ ...row, status: "revoked", revoked_at: when, version: row.version + 1 }) : row));
  };
  const active = () => rows.filter((row) => row.status === "active");
  const revokePreview = (_user: string, except: string | null, device: string | null) => {
    const ends = active().filter((row) => row.id !== except && (device === null || row.device === device));
    const devices = active().map((row) => ({ device: row.device, active: 1, ends: ends.includes(row) ? 1 : 0 }));
    const stays = active().length - ends.length;
    return ok({ ends: ends.length, stays, stays_until: stays === 0 ? null : (rows[0] as SessionRow).expires_at, devices, as_of: at(Date.now()) });
  };
  const probeSession = (session_id: string) => ok({ session_id, access_accepted: false, refresh_accepted: false, at: at(Date.now()) });
  const page = (filter: SessionFilter) => ({ rows: rows.filter((row) => !filter.active_only || row.status === "active"), next: null, as_of: at(Date.now()) });
  const revokeSession = vi.fn<Commands["revokeSession"]>((target) => {
    end((row) => row.id === target.id);
    return ok(rows.find((row) => row.id === target.id) as SessionRow);
  });
  const revokeSessions = vi.fn<Commands["revokeSessions"]>((user_id, _id, _title, body) => {
    const before = active().length;
    const when = at(Date.now());
    end((row) => row.id !== body.except_session_id && (body.device === null || row.device === body.device), when);
    return ok({ user_id, revoked: before - active().length, at: when });
  });
  return { first: rows[0] as SessionRow, commands: { sessionsPage: (filter: SessionFilter) => ok(page(filter)), revokePreview, probeSession, revokeSession, revokeSessions } };
}

const confirm = async (name: string) => {
  await userEvent.type(screen.getByLabelText(REASON), "Unknown device");
  await userEvent.click(screen.getByRole("button", { name }));
};

it("revokes one: says what dies and what lives, and shows it when it is seen", async () => {
  const { first, commands } = system();
  const { client } = renderInWindow(<RevokeActions session={first} onPlanned={vi.fn()} />, commands);
  await userEvent.click(screen.getByRole("button", { name: "Revoke…" }));
  expect(screen.getByText(/tokens are refused from the next request on/)).toBeInTheDocument();
  expect(await screen.findByText(/^Safari on iPhone, 203.0.113.24, until/)).toBeInTheDocument();
  await confirm("Revoke");
  expect(commands.revokeSession.mock.calls[0]).toMatchObject([{ id: first.id, version: 1 }, { reason: "Unknown device" }]);
  expect(await screen.findByText(/Seen in the database: the session was revoked.*Proof: at .* the API refuses its access token/)).toBeInTheDocument();
  const list = client.getQueryData<{ pages: { rows: SessionRow[] }[] }>(keys.sessionList(activeOf(first.user_id)));
  await waitFor(() => expect(list?.pages[0]?.rows.find((row) => row.id === first.id)?.status ?? "revoked").toBe("revoked"));
});

it("goes by keys alone: what is left to press has the focus, and then what it began with", async () => {
  const { first, commands } = system();
  renderInWindow(<RevokeActions session={first} onPlanned={vi.fn()} />, commands);
  screen.getByRole("button", { name: "Revoke…" }).focus();
  await userEvent.keyboard("{Enter}");
  await userEvent.type(screen.getByLabelText(REASON), "Unknown device{Control>}{Enter}{/Control}");
  await screen.findByText(/^Accepted/);
  await waitFor(() => expect(document.activeElement).toHaveTextContent(/^(Done|Close)$/));
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Revoke…" })).toHaveFocus());
});

it("revokes all: nothing lives on", async () => {
  const { first, commands } = system();
  renderInWindow(<RevokeActions session={first} onPlanned={vi.fn()} />, commands);
  await userEvent.click(screen.getByRole("button", { name: "Revoke all of this user…" }));
  expect(await screen.findByText("2 active sessions: Chrome on macOS, Safari on iPhone.")).toBeInTheDocument();
  expect(screen.getByText(/signed out everywhere/)).toBeInTheDocument();
  await confirm("Revoke all");
  expect(commands.revokeSessions.mock.calls[0]?.[3]).toEqual({ reason: "Unknown device", except_session_id: null, device: null, unused_since: null });
  expect(await screen.findByText(/Seen in the database: 2 sessions revoked/)).toBeInTheDocument();
});

it("revokes all but this: this one lives on", async () => {
  const { first, commands } = system();
  renderInWindow(<RevokeActions session={first} onPlanned={vi.fn()} />, commands);
  await userEvent.click(screen.getByRole("button", { name: "Revoke all but this…" }));
  expect(await screen.findByText("1 active session: Safari on iPhone.")).toBeInTheDocument();
  expect(screen.getByText(/^1 active session of this user, the last until/)).toBeInTheDocument();
  await confirm("Revoke all others");
  expect(commands.revokeSessions.mock.calls[0]?.[3]).toEqual({ reason: "Unknown device", except_session_id: first.id, device: null, unused_since: null });
  expect(await screen.findByText(/1 session revoked/)).toBeInTheDocument();
});

it("revokes those on a device: the others live on", async () => {
  const { first, commands } = system();
  renderInWindow(<RevokeActions session={first} onPlanned={vi.fn()} />, commands);
  await userEvent.click(screen.getByRole("button", { name: "Revoke all of this user…" }));
  await userEvent.selectOptions(await screen.findByLabelText("Which"), await screen.findByRole("option", { name: "Only on Safari on iPhone (1 active)" }));
  expect(await screen.findByText("1 active session: Safari on iPhone.")).toBeInTheDocument();
  expect(screen.getByText(/^1 active session of this user, the last until/)).toBeInTheDocument();
  await confirm("Revoke these");
  expect(commands.revokeSessions.mock.calls[0]?.[3]).toMatchObject({ device: "Safari on iPhone", except_session_id: null });
  expect(await screen.findByText(/Seen in the database: 1 session revoked/)).toBeInTheDocument();
});

/** What the API answers to a plan, as far as it is looked at here. */
const PLANNED = { plan: { id: "0190a000-0000-7000-8000-000000000b01" } } as BulkPlanView;

/** The person's session, where one person alone may not end all sessions of a user. */
async function withSecondPerson(): Promise<Bootstrap> {
  const session = await read(fixtureIpc("").commands.bootstrap());
  if (session.access === null) throw new Error("The fixture has nobody signed in.");
  return { ...session, access: { ...session.access, needs_second_person: ["session.revoke_all"] } };
}

it("where a colleague must approve, revoking all makes a plan of one user and leads to it", async () => {
  const { first, commands } = system();
  const makeBulkPlan = vi.fn<Commands["makeBulkPlan"]>(() => ok(PLANNED));
  const onPlanned = vi.fn();
  renderInWindow(
    <SessionContext value={await withSecondPerson()}>
      <RevokeActions session={first} onPlanned={onPlanned} />
    </SessionContext>,
    { ...commands, makeBulkPlan },
  );
  expect(screen.getByRole("button", { name: "Revoke all but this…" })).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(screen.getByRole("button", { name: "Revoke all of this user…" }));
  expect(await screen.findByText(/A colleague must approve this here/)).toBeInTheDocument();
  expect(await screen.findByText("2 active sessions: Chrome on macOS, Safari on iPhone.")).toBeInTheDocument();
  expect(screen.queryByLabelText("Which")).toBeNull();
  await confirm("Make the plan in Local");
  await waitFor(() => expect(onPlanned).toHaveBeenCalledWith(PLANNED.plan.id));
  expect(makeBulkPlan.mock.calls[0]?.[1]).toMatchObject({ action: "revoke_sessions", ids: [first.user_id], users: null, reason: "Unknown device" });
  expect(commands.revokeSessions).not.toHaveBeenCalled();
});

it("is led to a plan as well when the API asks for a second person only since it was opened", async () => {
  const { first, commands } = system();
  const revokeSessions = vi.fn<Commands["revokeSessions"]>(() => refuse({ type: "second_person", message: "One person alone may not do this here." }));
  renderInWindow(<RevokeActions session={first} onPlanned={vi.fn()} />, { ...commands, revokeSessions });
  await userEvent.click(screen.getByRole("button", { name: "Revoke all of this user…" }));
  await confirm("Revoke all");
  expect(await screen.findByText(/A colleague must approve this here/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Make the plan" })).toBeVisible();
});

it("does not offer to revoke what has ended, and says why", async () => {
  renderInWindow(<RevokeActions session={sessionRow({ status: "revoked" })} onPlanned={vi.fn()} />);
  const button = screen.getByRole("button", { name: "Revoke…" });
  expect(button).toHaveAttribute("aria-disabled", "true");
  await userEvent.tab();
  expect(button).toHaveFocus();
  expect(await screen.findByText("The session has already ended: revoked.")).toBeInTheDocument();
});
