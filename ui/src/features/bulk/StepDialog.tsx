import { useQueryClient } from "@tanstack/react-query";
import { OctagonAlert, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Banner } from "../../components/Banner";
import { CommandOutcome } from "../../components/CommandOutcome";
import { TextField } from "../../components/TextField";
import type { BulkPlanView, BulkStep } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { count } from "../../lib/numbers";
import { useChangeBlock } from "../../lib/session";
import styles from "./Bulk.module.css";
import { ReasonDialog } from "./ReasonDialog";
import { stepWords } from "./bulk-words";
import { keepPlan } from "./keep-plan";
import { REASON_MAX_CHARS, givenReason, shortReason } from "./reason";

type StepDialogProps = {
  step: BulkStep;
  /** The plan as it was when this opened: the step is bound to it. */
  seen: BulkPlanView;
  current: BulkPlanView;
  onClose: () => void;
};

/** Takes a plan a step further. A refresh that changes nothing leaves it as it is; one that does blocks it and says so. */
export function StepDialog({ step, seen, current, onClose }: StepDialogProps) {
  const ipc = useIpc();
  const client = useQueryClient();
  const { plan } = seen;
  const words = stepWords(step, plan);
  // Whoever confirms has said why when they planned.
  const [reason, setReason] = useState(step === "confirm" ? givenReason(plan.reason) : "");
  const [typed, setTyped] = useState("");
  const typing = step === "confirm" && plan.typed_count;
  const command = useCommand<string, BulkPlanView>({
    title: words.title,
    send: ({ command_id, title }, why) => {
      const target = { id: plan.id, version: plan.version, command_id, title };
      if (step !== "confirm") return ipc.commands.stepBulkPlan(target, step, { reason: why });
      return ipc.commands.confirmBulkPlan(target, { typed_count: typing ? Number(typed) : null, reason: why });
    },
    onAccepted: (view) => keepPlan(client, view),
  });
  const { phase } = command;
  const accepted = phase.name === "accepted";
  useEffect(() => {
    if (accepted) onClose();
  }, [accepted, onClose]);
  const block = useChangeBlock(step === "approve" ? "bulk.approve" : "bulk.run");
  // While it is sent, the change that is read is most likely this one.
  const moved = phase.name !== "sending" && !accepted && current.plan.version !== plan.version;
  const close = () => {
    command.reset();
    onClose();
  };
  if (accepted) return null;
  if (phase.name === "unknown" || phase.name === "found") return <CommandOutcome title={words.title} command={command} observed={null} direct onClose={close} />;
  const right = !typing || typed.trim() === String(plan.will_change);
  const blocked = block ?? (moved ? "The plan has changed since you saw it." : null) ?? (right ? null : `Type ${plan.will_change} to confirm.`) ?? shortReason(reason);
  return (
    <ReasonDialog title={words.title} button={words.button} note={words.note} tone={words.tone} final={words.final === true} blocked={blocked} command={command} onPress={() => command.press(reason.trim())} onClose={close}>
      {step === "confirm" || step === "approve" ? (
        <p className={styles.undo}>
          <OctagonAlert size={14} aria-hidden />
          <span>{seen.undo}</span>
        </p>
      ) : null}
      {typing ? <TextField label={`Type how many will change: ${count(plan.will_change)}`} value={typed} onChange={setTyped} maxLength={6} autoFocus /> : null}
      <TextField label="Reason, for the audit trail" value={reason} onChange={setReason} lines={2} maxLength={REASON_MAX_CHARS} autoFocus={!typing} />
      {moved ? (
        <Banner tone="warning" icon={TriangleAlert}>
          The plan has changed since you saw it. Nothing was sent. Close this and look at it as it is now.
        </Banner>
      ) : null}
    </ReasonDialog>
  );
}
