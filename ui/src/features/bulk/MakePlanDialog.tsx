import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { CommandOutcome } from "../../components/CommandOutcome";
import { TextField } from "../../components/TextField";
import type { BulkAction, BulkPlanView, MakeBulkPlan } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { useChangeBlock } from "../../lib/session";
import { ReasonDialog } from "./ReasonDialog";
import { ACTIONS } from "./bulk-words";
import { keepPlan } from "./keep-plan";
import { REASON_MAX_CHARS, shortReason } from "./reason";

type MakePlanDialogProps = {
  action: BulkAction;
  /** How it was chosen, in words. */
  chosen: string;
  choice: Pick<MakeBulkPlan, "ids" | "jobs" | "users" | "cases">;
  onPlanned: (planId: string) => void;
  onClose: () => void;
};

/** Asks why, and has the plan made. */
export function MakePlanDialog({ action, chosen, choice, onPlanned, onClose }: MakePlanDialogProps) {
  const ipc = useIpc();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const title = ACTIONS[action].verb.replace("…", "");
  const command = useCommand<string, BulkPlanView>({
    title: `Plan: ${title}`,
    send: (intent, why) => ipc.commands.makeBulkPlan(intent, { action, ...choice, reason: why }),
    onAccepted: (view) => {
      keepPlan(client, view);
      onPlanned(view.plan.id);
    },
  });
  const block = useChangeBlock("bulk.run");
  const { phase } = command;
  const close = () => {
    command.reset();
    onClose();
  };
  if (phase.name === "unknown" || phase.name === "found") return <CommandOutcome title={title} command={command} observed={null} direct onClose={close} />;
  return (
    <ReasonDialog
      title={title}
      button="Make the plan"
      note={`${chosen}. The plan shows what would become of each. Nothing is changed before it is confirmed there.`}
      blocked={block ?? shortReason(reason)}
      command={command}
      onPress={() => command.press(reason.trim())}
      onClose={close}
    >
      <TextField label="Reason, for the audit trail" value={reason} onChange={setReason} lines={2} maxLength={REASON_MAX_CHARS} autoFocus />
    </ReasonDialog>
  );
}
