import { useQueryClient } from "@tanstack/react-query";
import { ArrowRight, OctagonAlert, TriangleAlert, Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { CommandOutcome } from "../../components/CommandOutcome";
import { Dialog } from "../../components/Dialog";
import { Reauthenticate } from "../../components/Reauthenticate";
import { TextField } from "../../components/TextField";
import { VisibleText } from "../../components/VisibleText";
import type { CaseView, FixOffer } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { useChangeBlock, useWhere } from "../../lib/session";
import { jobTypeWords } from "../../lib/states/job";
import { duration } from "../../lib/time";
import { CaseChange } from "./CaseChange";
import styles from "./Triage.module.css";
import { hasMoved } from "./case-words";
import { sendFix } from "./send-fix";
import { type CaseOf, keepCase } from "./triage-queries";

const REASON_MIN_CHARS = 3;
const REASON_MAX_CHARS = 360;

type FixDialogProps = {
  of: CaseOf;
  /** The case as it was when this opened: the fix is bound to it. */
  seen: CaseView;
  offer: FixOffer;
  current: CaseView;
  onLookAgain: (now: CaseView) => void;
  onClose: () => void;
};

/** What a fix leads to; Enter applies it. When it is accepted, what comes of it stands on the verdict's card. */
export function FixDialog({ of, seen, offer, current, onLookAgain, onClose }: FixDialogProps) {
  const ipc = useIpc();
  const client = useQueryClient();
  const where = useWhere();
  const [reason, setReason] = useState("");
  const command = useCommand<string, CaseView>({
    title: `${offer.label}: ${seen.user_email ?? jobTypeWords(seen.job_type ?? "")}`,
    send: (intent, why) => sendFix(ipc, intent, seen, offer.fix, why === "" ? null : why),
    onAccepted: (answer) => keepCase(client, of, answer),
  });
  const { phase } = command;
  const accepted = phase.name === "accepted";
  useEffect(() => {
    if (accepted) onClose();
  }, [accepted, onClose]);
  const again = phase.name === "refused" && phase.error.type === "reauthenticate";
  const refused = phase.name === "refused" && phase.error.type === "moved" ? phase.error.current : null;
  // While it is sent, the change that the live data brings is most likely this one.
  const moved = refused ?? (phase.name !== "sending" && !accepted && hasMoved(seen, current) ? current : null);
  const short = offer.needs_reason && reason.trim().length < REASON_MIN_CHARS;
  const block = useChangeBlock();
  const blocked =
    block ??
    (again ? "Give your password first." : null) ??
    (moved === null ? null : "It has changed since you saw it.") ??
    (short ? `Say why, in at least ${REASON_MIN_CHARS} characters: it goes into the audit trail.` : null);
  const confirm = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const hasMovedOn = moved !== null;
  useEffect(() => {
    // After the dialog has taken the focus for itself: the next Enter is for what the person came for.
    const frame = requestAnimationFrame(() => (hasMovedOn ? confirm.current : (field.current ?? confirm.current))?.focus());
    return () => cancelAnimationFrame(frame);
  }, [hasMovedOn]);
  const press = () => {
    if (blocked === null) command.press(reason.trim());
  };
  const close = () => {
    command.reset();
    onClose();
  };
  if (accepted) return null;
  if (phase.name === "unknown" || phase.name === "found") return <CommandOutcome title={offer.label} command={command} observed={null} onClose={close} />;
  const { preview } = offer;
  return (
    <Dialog
      title={offer.label}
      open
      alert={offer.irreversible}
      onClose={close}
      dismissable={phase.name !== "sending"}
      footer={
        <>
          <Button onPress={close} blocked={phase.name === "sending" ? "It is being sent." : null}>
            Cancel
          </Button>
          {moved === null ? (
            <Button tone={offer.irreversible ? "danger" : "primary"} onPress={press} busy={phase.name === "sending"} blocked={blocked} shortcut="Enter" ref={confirm}>
              {phase.name === "sending" ? "Sending…" : `${offer.label}${where === null ? "" : ` ${where}`}`}
            </Button>
          ) : (
            <Button tone="primary" onPress={() => onLookAgain(moved)} ref={confirm}>
              Look at it as it is now
            </Button>
          )}
        </>
      }
    >
      <p>
        For <strong>{seen.user_email === null ? "the system" : <VisibleText text={seen.user_email} max={160} />}</strong>: <VisibleText text={seen.verdict.title} max={200} />.
      </p>
      {moved === null ? (
        <>
          <p className={styles.preview}>
            <span className={styles.state}>{preview.now}</span>
            <ArrowRight size={14} aria-label="becomes" />
            <span className={styles.state}>{preview.next}</span>
            {preview.usual_s === null ? null : <span className={styles.usual}>usually {duration(preview.usual_s)}</span>}
          </p>
          <p>{preview.happens}</p>
          <p className={styles.undo} data-final={offer.irreversible || undefined}>
            {offer.irreversible ? <OctagonAlert size={14} aria-hidden /> : <Undo2 size={14} aria-hidden />}
            <span>{preview.undo}</span>
          </p>
        </>
      ) : (
        <CaseChange seen={seen} now={moved} />
      )}
      {offer.needs_reason && moved === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            press();
          }}
        >
          <TextField label="Reason, for the audit trail" value={reason} onChange={setReason} maxLength={REASON_MAX_CHARS} ref={field} />
        </form>
      ) : null}
      {again ? <Reauthenticate send={command.reauthenticate} /> : null}
      {phase.name === "refused" && !again && refused === null ? (
        <Banner tone="danger" icon={TriangleAlert}>
          Not done. <VisibleText text={phase.error.message} max={500} />
        </Banner>
      ) : null}
    </Dialog>
  );
}
