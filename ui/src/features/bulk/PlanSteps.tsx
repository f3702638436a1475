import { Clock, RotateCcw, TriangleAlert, UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import type { BulkPlanView, BulkStep } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { useChangeBlock } from "../../lib/session";
import { visibleText } from "../../lib/visible-text";
import styles from "./Bulk.module.css";
import { RetryFailedDialog } from "./RetryFailedDialog";
import { stepWords } from "./bulk-words";

/** Those that are still open come first; what ends a plan stands last. */
const ORDER: readonly BulkStep[] = ["confirm", "approve", "resume", "pause", "abort", "discard"];
const BEGINS: ReadonlySet<BulkStep> = new Set(["confirm", "approve"]);

type PlanStepsProps = { view: BulkPlanView; onStep: (step: BulkStep) => void; onPlanned: (id: string) => void };

/** What can be done with the plan now, and what it waits for. */
export function PlanSteps({ view, onStep, onPlanned }: PlanStepsProps) {
  const [again, setAgain] = useState(false);
  const { plan } = view;
  const block = useChangeBlock("bulk.run");
  const offered = (step: BulkStep) => view.offers.find((offer) => offer.action === step);
  // A second person's step is shown to everybody while it is what the plan waits for, with why it is not theirs.
  const shown = ORDER.filter((step) => offered(step)?.allowed || (step === "approve" && plan.status === "awaiting_approval") || (step === "confirm" && plan.status === "planned"));
  return (
    <>
      {plan.expired ? (
        <Banner tone="warning" icon={Clock}>
          This plan has expired: what it shows is too old. Plan anew.
        </Banner>
      ) : null}
      {plan.status === "awaiting_approval" && !plan.expired ? (
        <Banner tone="warning" icon={UserRoundCheck}>
          {`Nothing has been changed. It waits for a colleague: somebody other than ${visibleText(plan.planned_by, 80)} must approve it, and finds it under “Now” and “Bulk”.`}
        </Banner>
      ) : null}
      {plan.note === null ? null : (
        <Banner tone="danger" icon={TriangleAlert}>
          {visibleText(plan.note, 500)}
        </Banner>
      )}
      <div className={styles.steps}>
        {shown.map((step) => (
          <Button key={step} tone={BEGINS.has(step) ? "primary" : "plain"} onPress={() => onStep(step)} blocked={offered(step)?.refusal ?? block}>
            {BEGINS.has(step) ? `${stepWords(step, plan).title}…` : `${stepWords(step, plan).button}…`}
          </Button>
        ))}
        {plan.failed > 0 ? (
          <Button icon={RotateCcw} onPress={() => setAgain(true)} blocked={block}>
            {`Plan the ${plural(plan.failed, "failed one")} anew…`}
          </Button>
        ) : null}
      </div>
      {again ? <RetryFailedDialog plan={plan} onPlanned={onPlanned} onClose={() => setAgain(false)} /> : null}
    </>
  );
}
