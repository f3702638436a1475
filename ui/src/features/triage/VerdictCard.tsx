import { Eye } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { CopyReply } from "../../components/CopyReply";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { CaseView, Verdict } from "../../generated/commands";
import { CERTAINTY, UNEXPLAINED, gravityMark } from "../../lib/states/verdict";
import { useTicked } from "../../lib/ticker";
import { duration } from "../../lib/time";
import { EvidenceList } from "./EvidenceList";
import { FixButton } from "./FixButton";
import { OutcomeSteps } from "./OutcomeSteps";
import styles from "./Triage.module.css";
import { UndoFix } from "./UndoFix";
import { timeOf } from "./case-words";
import type { CaseOf } from "./triage-queries";

/** What is wrong with a user or a job, what the customer sees of it, what it rests on, and the one thing to do. */
export function VerdictCard({ of, view }: { of: CaseOf; view: CaseView }) {
  const { verdict, as_of, outcome } = view;
  const [why, setWhy] = useState(false);
  const { gravity, certainty, explanation, customer_sees, reply, evidence, fix } = verdict;
  // What is fine or on its way need not be proved at once.
  const calm = gravity === "fine" || gravity === "moving";
  const mark = verdict.cause === "unknown" ? UNEXPLAINED : gravityMark(gravity);
  return (
    <section aria-labelledby={`verdict-${of.kind}`} className={styles.card} data-gravity={gravity} data-case={of.id}>
      <header className={styles.head}>
        <h2 id={`verdict-${of.kind}`}>
          <VisibleText text={verdict.title} max={200} />
        </h2>
        <StatusBadge mark={mark} look="pill" />
        <span className={styles.certainty} title={CERTAINTY[certainty].means}>
          {CERTAINTY[certainty].word}
        </span>
        {verdict.since_s === null ? null : (
          <span className={styles.since}>
            began <RelativeTime at={timeOf(as_of, verdict.since_s)} />
          </span>
        )}
      </header>
      <p className={styles.explanation}>
        <VisibleText text={explanation} max={1_000} /> <Mends verdict={verdict} asOf={as_of} />
      </p>
      {customer_sees === null ? null : (
        <div className={styles.sees}>
          <Eye size={15} aria-hidden />
          <span>
            <span className={styles.quiet}>The customer sees now: </span>
            <VisibleText text={customer_sees} max={400} />
          </span>
          {reply === null ? null : <CopyReply reply={reply} />}
        </div>
      )}
      <FixButton of={of} view={view} offer={fix} />
      {outcome === null ? null : <OutcomeSteps outcome={outcome} />}
      <UndoFix view={view} />
      {calm && !why ? (
        <Button size="small" tone="quiet" onPress={() => setWhy(true)}>
          What this rests on
        </Button>
      ) : (
        <EvidenceList evidence={evidence} asOf={as_of} />
      )}
    </section>
  );
}

/** Whether it goes on without anybody, and when. */
function Mends({ verdict, asOf }: { verdict: Verdict; asOf: string }) {
  const in_s = verdict.mends_itself_in_s;
  const words = useTicked((now_ms) => {
    if (in_s === null) return verdict.gravity === "act" && verdict.fix === null ? "It does not mend itself." : "";
    const left_s = Math.ceil(in_s - (now_ms - Date.parse(asOf)) / 1_000);
    if (verdict.cause === "running_normally") return left_s > 0 ? `95 of 100 end within another ${duration(left_s)}.` : "It ends any moment.";
    return left_s > 0 ? `It goes on by itself in ${duration(left_s)}.` : "It goes on by itself any moment.";
  });
  return words === "" ? null : <span>{words}</span>;
}
