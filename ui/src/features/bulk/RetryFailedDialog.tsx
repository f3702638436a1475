import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { CommandOutcome } from "../../components/CommandOutcome";
import { TextField } from "../../components/TextField";
import type { BulkPlanRow, BulkPlanView } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { plural } from "../../lib/numbers";
import { useChangeBlock } from "../../lib/session";
import { ReasonDialog } from "./ReasonDialog";
import { keepPlan } from "./keep-plan";
import { REASON_MAX_CHARS, givenReason, shortReason } from "./reason";

/** What failed becomes a plan of its own, seen as it is now. */
export function RetryFailedDialog({ plan, onPlanned, onClose }: { plan: BulkPlanRow; onPlanned: (id: string) => void; onClose: () => void }) {
  const ipc = useIpc();
  const client = useQueryClient();
  const [reason, setReason] = useState(givenReason(plan.reason));
  const title = `Plan the ${plural(plan.failed, "failed one")} anew`;
  const command = useCommand<string, BulkPlanView>({
    title,
    send: (intent, why) => ipc.commands.retryFailedBulk({ id: plan.id, version: plan.version, command_id: intent.command_id, title: intent.title }, { reason: why }),
    onAccepted: (view) => {
      keepPlan(client, view);
      onClose();
      onPlanned(view.plan.id);
    },
  });
  const block = useChangeBlock("bulk.run");
  const close = () => {
    command.reset();
    onClose();
  };
  const { phase } = command;
  if (phase.name === "unknown" || phase.name === "found") return <CommandOutcome title={title} command={command} observed={null} direct onClose={close} />;
  return (
    <ReasonDialog
      title={title}
      button="Make the plan"
      note="They are looked at as they are now, and confirmed like any other plan. Nothing is changed by this."
      blocked={block ?? shortReason(reason)}
      command={command}
      onPress={() => command.press(reason.trim())}
      onClose={close}
    >
      <TextField label="Reason, for the audit trail" value={reason} onChange={setReason} lines={2} maxLength={REASON_MAX_CHARS} autoFocus />
    </ReasonDialog>
  );
}
