import { useQuery } from "@tanstack/react-query";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import type { BulkPlanView } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { plural } from "../../lib/numbers";
import { useChangeBlock, useWhere } from "../../lib/session";
import { sessionMark } from "../../lib/states/session";
import { PreviewedEffect } from "./RevokeEffect";
import { RevokeSubject } from "./RevokeSubject";
import { whichOf } from "./revoke-choice";
import { revokePreviewOptions } from "./sessions-queries";
import { REVOKE_REASONS } from "./session-words";

type PlanRevokeDialogProps = { userId: string; email: string; onPlanned: (planId: string) => void; onClose: () => void };

/** Where one person alone may not end all sessions of a user: makes a plan of that one user, and leads to it. */
export function PlanRevokeDialog({ userId, email, onPlanned, onClose }: PlanRevokeDialogProps) {
  const ipc = useIpc();
  const { data: preview } = useQuery(revokePreviewOptions(ipc, userId, whichOf({ kind: "all" }, null)));
  const command = useCommand<string, BulkPlanView>({
    title: `Plan to revoke all sessions of ${email}`,
    send: (intent, reason) => ipc.commands.makeBulkPlan(intent, { action: "revoke_sessions", ids: [userId], jobs: null, users: null, cases: null, reason }),
    onAccepted: ({ plan }) => {
      onClose();
      onPlanned(plan.id);
    },
  });
  return (
    <ConfirmDialog
      title="Plan to revoke all sessions"
      onClose={onClose}
      subject={<RevokeSubject email={email} />}
      now={sessionMark("active")}
      next={sessionMark("revoked")}
      note="A colleague must approve this here. You make a plan of this user and confirm it on its page; nothing is changed until somebody else has approved it."
      expected={preview === undefined ? null : plural(preview.ends, "active session")}
      incomplete={preview?.ends === 0 ? "There is no active session to revoke." : null}
      confirm="Make the plan"
      where={useWhere()}
      reasons={REVOKE_REASONS}
      blocked={useChangeBlock("bulk.run")}
      command={command}
      observed={null}
      direct
    >
      <PreviewedEffect when="Dies when it is approved" preview={preview} />
    </ConfirmDialog>
  );
}
