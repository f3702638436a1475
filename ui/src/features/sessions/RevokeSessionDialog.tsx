import { useInfiniteQuery } from "@tanstack/react-query";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { VisibleText } from "../../components/VisibleText";
import type { SessionRow } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useChangeBlock, useWhere } from "../../lib/session";
import { sessionMark } from "../../lib/states/session";
import { RevokeEffect } from "./RevokeEffect";
import { activeOf } from "./session-filters";
import { livesOn, placeWords } from "./session-words";
import { sessionsOptions } from "./sessions-queries";
import { useRevoke } from "./use-revoke";

/** Ends one session: what dies now, and what lives on. */
export function RevokeSessionDialog({ seen, onClose }: { seen: SessionRow; onClose: () => void }) {
  const ipc = useIpc();
  const { data, hasNextPage } = useInfiniteQuery(sessionsOptions(ipc, activeOf(seen.user_id)));
  const active = data?.pages.flatMap((page) => page.rows).filter((row) => row.status === "active") ?? [];
  const ended = data !== undefined && !hasNextPage && !active.some((row) => row.id === seen.id);
  const { command, observed } = useRevoke<SessionRow>({
    title: `Revoke the session of ${seen.user_email} on ${seen.device}`,
    userId: seen.user_id,
    send: (intent, reason) => ipc.commands.revokeSession({ id: seen.id, version: seen.version, ...intent }, { reason }),
    revokedAt: (row) => row.revoked_at,
    ends: (row) => row.id === seen.id,
    done: () => "the session was revoked",
  });
  return (
    <ConfirmDialog
      title="Revoke this session"
      onClose={onClose}
      subject={
        <>
          {placeWords(seen)} of{" "}
          <strong>
            <VisibleText text={seen.user_email} max={160} />
          </strong>
        </>
      }
      now={sessionMark(seen.status)}
      next={sessionMark("revoked")}
      note={seen.offer.preview?.note ?? seen.offer.refusal ?? ""}
      incomplete={ended ? "This session has ended since you opened this." : null}
      confirm="Revoke"
      tone="danger"
      where={useWhere()}
      reasons={["Customer asked for it", "Unknown device", "Account may be compromised"]}
      blocked={useChangeBlock("session.revoke")}
      command={command}
      observed={observed}
      direct
    >
      <RevokeEffect dies="This sign-in on this device." lives={livesOn(active.filter((row) => row.id !== seen.id), data === undefined || hasNextPage)} />
    </ConfirmDialog>
  );
}
