import { ArrowRight, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Command, Observation } from "../lib/command-phase";
import type { StateMark } from "../lib/states/state-mark";
import { Banner } from "./Banner";
import { Button } from "./Button";
import { CommandOutcome } from "./CommandOutcome";
import styles from "./ConfirmDialog.module.css";
import { Dialog } from "./Dialog";
import { Reauthenticate } from "./Reauthenticate";
import { StatusBadge } from "./StatusBadge";
import { TextField } from "./TextField";
import { VisibleText } from "./VisibleText";

const REASON_MIN_CHARS = 3;
/** The API takes 500; in production the reason for unlocking it goes along. */
const REASON_MAX_CHARS = 360;

export type ConfirmDialogProps<T> = {
  title: string;
  onClose: () => void;
  /** On whom, in words. */
  subject: ReactNode;
  now: StateMark;
  next: StateMark | null;
  /** What follows, and how to undo it. */
  note: string;
  /** How long it takes, from history. */
  expected?: string | null;
  size?: "normal" | "wide";
  /** Further fields, between the preview and the reason. */
  children?: ReactNode;
  /** Why the further fields cannot be sent yet. */
  incomplete?: string | null;
  confirm: string;
  tone?: "primary" | "danger";
  /** "in Production": said on the button where it is not harmless. */
  where?: string | null;
  /** Reasons that fit often. */
  reasons?: readonly string[];
  /** Why nothing may be changed now. */
  blocked: string | null;
  /** It changed while this was open: what it is now, and a way to look at that instead. */
  drift?: { words: string; onLookAgain: () => void } | null;
  command: Command<string, T>;
  /** What the live data says since it was accepted. */
  observed: Observation | null;
  /** No work lies between acceptance and effect. */
  direct?: boolean;
  /** A field of `children` has the focus at first. */
  asksFirst?: boolean;
};

/** What will happen, on what, and why; then how it goes until the effect is seen. */
export function ConfirmDialog<T>(props: ConfirmDialogProps<T>) {
  const { command, tone = "primary", where = null } = props;
  const { phase } = command;
  // While it is sent, the change that the live data brings is most likely this one.
  const drift = phase.name === "sending" ? null : (props.drift ?? null);
  const [reason, setReason] = useState("");
  useFocusBack();
  const length = reason.trim().length;
  const form = phase.name === "idle" || phase.name === "sending" || phase.name === "refused";
  const close = () => {
    command.reset();
    props.onClose();
  };
  const again = phase.name === "refused" && phase.error.type === "reauthenticate";
  const blocked =
    props.blocked ??
    (again ? "Give your password first." : null) ??
    drift?.words ??
    props.incomplete ??
    (length < REASON_MIN_CHARS ? `Say why, in at least ${REASON_MIN_CHARS} characters: it goes into the audit trail.` : null);
  const press = () => {
    if (blocked === null) command.press(reason.trim());
  };
  if (!form) return <CommandOutcome title={props.title} command={command} observed={props.observed} direct={props.direct ?? false} onClose={close} />;
  return (
    <Dialog
      title={props.title}
      open
      alert={tone === "danger"}
      size={props.size ?? "normal"}
      onClose={close}
      dismissable={phase.name !== "sending"}
      footer={
        <>
          <Button onPress={close} blocked={phase.name === "sending" ? "It is being sent." : null}>
            Cancel
          </Button>
          <Button tone={tone} onPress={press} busy={phase.name === "sending"} blocked={blocked}>
            {phase.name === "sending" ? "Sending…" : `${props.confirm}${where === null ? "" : ` ${where}`}`}
          </Button>
        </>
      }
    >
      <div data-selectable>{props.subject}</div>
      <div className={styles.preview}>
        <StatusBadge mark={props.now} look="pill" />
        {props.next ? (
          <>
            <ArrowRight size={14} aria-label="becomes" />
            <StatusBadge mark={props.next} look="pill" />
          </>
        ) : null}
        {props.expected ? <span className={styles.expected}>{props.expected}</span> : null}
      </div>
      <p className={styles.note}>{props.note}</p>
      {drift ? (
        <Banner tone="warning" icon={TriangleAlert} action={<Button size="small" onPress={drift.onLookAgain}>Look at it</Button>}>
          {drift.words}
        </Banner>
      ) : null}
      {props.children}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          press();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) press();
        }}
      >
        <TextField label="Reason, for the audit trail" value={reason} onChange={setReason} lines={2} maxLength={REASON_MAX_CHARS} autoFocus={props.asksFirst !== true} />
        <div className={styles.reasons}>
          {(props.reasons ?? []).map((each) => (
            <Button key={each} size="small" tone="quiet" onPress={() => setReason(each)}>
              {each}
            </Button>
          ))}
        </div>
      </form>
      {again ? <Reauthenticate send={command.reauthenticate} /> : null}
      {phase.name === "refused" && !again ? (
        <Banner tone="danger" icon={TriangleAlert}>
          Not done. <VisibleText text={phase.error.message} max={500} /> {phase.error.type === "conflict" ? "Nothing was changed by you." : null}
        </Banner>
      ) : null}
    </Dialog>
  );
}

/** Form and outcome are two dialogs, so that the second knows no opener: the focus goes back to what opened the first. */
function useFocusBack(): void {
  const opener = useRef(document.activeElement);
  useEffect(
    () => () => {
      const element = opener.current;
      requestAnimationFrame(() => {
        if (document.activeElement === document.body && element instanceof HTMLElement && element.isConnected) element.focus();
      });
    },
    [],
  );
}
