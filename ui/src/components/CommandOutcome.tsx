import { CircleCheck, CircleDashed, CircleHelp, CircleX, Hourglass, LoaderCircle } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Command, Observation } from "../lib/command-phase";
import { OUTCOME } from "../lib/settled";
import { Banner } from "./Banner";
import { Button } from "./Button";
import styles from "./ConfirmDialog.module.css";
import { Dialog } from "./Dialog";
import { Progress } from "./Progress";
import { VisibleText } from "./VisibleText";

type CommandOutcomeProps<I, T> = { title: string; command: Command<I, T>; observed: Observation | null; direct?: boolean; onClose: () => void };

/** From acceptance to the effect that was seen; or the honest word that it is not known. */
export function CommandOutcome<I, T>({ title, command, observed, direct = false, onClose }: CommandOutcomeProps<I, T>) {
  const { phase } = command;
  if (phase.name === "unknown") {
    return (
      <Dialog
        title={title}
        open
        onClose={onClose}
        footer={
          <>
            <Button busy={phase.finding} onPress={command.findOut}>
              {phase.finding ? "Asking…" : "Ask now"}
            </Button>
            <WayOut tone="primary" onPress={onClose}>
              Close
            </WayOut>
          </>
        }
      >
        <Banner tone="warning" icon={CircleHelp}>
          It is not known whether this happened. <VisibleText text={phase.error.message} max={500} />
        </Banner>
        <p>
          The window keeps asking the API what became of it, and says so here. Asking does not repeat it: it happened once, or it never will. You may close this; the
          answer then stands at the top of the window.
        </p>
      </Dialog>
    );
  }
  if (phase.name === "found") {
    return (
      <Dialog
        title={title}
        open
        onClose={onClose}
        footer={
          <WayOut tone="primary" onPress={onClose}>
            Done
          </WayOut>
        }
      >
        <Banner tone={phase.outcome === "done" ? "success" : "warning"} icon={phase.outcome === "done" ? CircleCheck : CircleX}>
          {OUTCOME[phase.outcome].words}. {OUTCOME[phase.outcome].todo}
        </Banner>
      </Dialog>
    );
  }
  const state = observed?.state ?? "waiting";
  const late = observed && "late" in observed ? (observed.late ?? null) : null;
  const ended = state === "done" || state === "failed";
  return (
    <Dialog
      title={title}
      open
      onClose={onClose}
      footer={
        <>
          {ended ? null : <span className={styles.aside}>You may close this: it goes on without you.</span>}
          <WayOut tone={ended ? "primary" : "plain"} onPress={onClose}>
            {ended ? "Done" : "Close"}
          </WayOut>
        </>
      }
    >
      <ol className={styles.steps} aria-live="polite">
        <Step look="done" words="Accepted: the intent is stored and will survive anything." />
        {direct ? null : <Step look={state === "waiting" ? "now" : "done"} words={state === "waiting" ? (observed?.words ?? "Waiting for a worker.") : "Started."} />}
        {observed?.state === "running" ? (
          <li className={styles.now}>
            <LoaderCircle size={15} aria-hidden className={styles.turning} />
            {observed.progress === null ? <span>{observed.words}</span> : <Progress value={observed.progress} label="Progress" words={observed.words} />}
          </li>
        ) : null}
        {ended ? <Step look={state === "done" ? "done" : "bad"} words={observed?.words ?? ""} /> : <Step look="ahead" words="The effect is seen." />}
      </ol>
      {late === null ? null : (
        <Banner tone="warning" icon={Hourglass}>
          {late}
        </Banner>
      )}
    </Dialog>
  );
}

type WayOutProps = { tone: "primary" | "plain"; onPress: () => void; children: string };

/** What is left to press has the focus; a frame late, as the form's dialog gives it back a frame after it has gone. */
function WayOut({ tone, onPress, children }: WayOutProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => button.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <Button ref={button} tone={tone} onPress={onPress}>
      {children}
    </Button>
  );
}

const MARKS = { done: CircleCheck, now: LoaderCircle, bad: CircleX, ahead: CircleDashed } as const;

function Step({ look, words }: { look: keyof typeof MARKS; words: string }) {
  const Icon = MARKS[look];
  return (
    <li className={styles[look]}>
      <Icon size={15} aria-hidden className={look === "now" ? styles.turning : undefined} />
      <span>{words}</span>
    </li>
  );
}
