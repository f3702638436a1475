import { useInfiniteQuery } from "@tanstack/react-query";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { VisibleText } from "../../components/VisibleText";
import type { SessionRow, SessionsRevoked } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { plural } from "../../lib/numbers";
import { useChangeBlock, useWhere } from "../../lib/session";
import { sessionMark } from "../../lib/states/session";
import { RevokeEffect } from "./RevokeEffect";
import { activeOf } from "./session-filters";
import { livesOn } from "./session-words";
import { sessionsOptions } from "./sessions-queries";
import { useRevoke } from "./use-revoke";

type RevokeSessionsDialogProps = { userId: string; email: string; /** The one that stays. */ except: SessionRow | null; onClose: () => void };

/** Ends all sessions of a user, or all but one. */
export function RevokeSessionsDialog({ userId, email, except, onClose }: RevokeSessionsDialogProps) {
  const ipc = useIpc();
  const { data, hasNextPage } = useInfiniteQuery(sessionsOptions(ipc, activeOf(userId)));
  const ending = data?.pages.flatMap((page) => page.rows).filter((row) => row.status === "active" && row.id !== except?.id) ?? [];
  const what = except === null ? "all sessions" : "all sessions but one";
  const { command, observed } = useRevoke<SessionsRevoked>({
    title: `Revoke ${what} of ${email}`,
    userId,
    send: (intent, reason) => ipc.commands.revokeSessions(userId, intent.command_id, intent.title, { reason, except_session_id: except?.id ?? null }),
    revokedAt: (answer) => answer.at,
    ends: (row) => row.id !== except?.id,
    done: (answer) => `${plural(answer.revoked, "session")} revoked`,
  });
  const blocked = useChangeBlock("session.revoke_all");
  const count = data === undefined ? null : `${plural(ending.length, "active session")}${hasNextPage ? " and more" : ""}`;
  return (
    <ConfirmDialog
      title={except === null ? "Revoke all sessions" : "Revoke all sessions but this"}
      onClose={onClose}
      subject={
        <>
          Of{" "}
          <strong>
            <VisibleText text={email} max={160} />
          </strong>
        </>
      }
      now={sessionMark("active")}
      next={sessionMark("revoked")}
      note="Their access and refresh tokens are refused from the next request on. The customer must sign in again there."
      expected={count}
      incomplete={data !== undefined && ending.length === 0 ? "There is no active session to revoke." : null}
      confirm={except === null ? "Revoke all" : "Revoke all others"}
      tone="danger"
      where={useWhere()}
      reasons={["Customer asked for it", "Account may be compromised", "Password was changed"]}
      blocked={blocked}
      command={command}
      observed={observed}
      direct
    >
      <RevokeEffect
        dies={count === null ? "Every session that is to end." : `${count}: ${devices(ending)}.`}
        lives={except === null ? "Nothing: the customer is signed out everywhere." : livesOn([except], false)}
      />
    </ConfirmDialog>
  );
}

const DEVICES_MAX = 4;

function devices(rows: readonly SessionRow[]): string {
  const names = [...new Set(rows.map((row) => row.device))];
  if (names.length === 0) return "none";
  return names.slice(0, DEVICES_MAX).join(", ") + (names.length > DEVICES_MAX ? ` and ${names.length - DEVICES_MAX} more kinds` : "");
}
