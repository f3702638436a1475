import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { Reading } from "../../components/Reading";
import { StatusBadge } from "../../components/StatusBadge";
import type { BulkPlanView, BulkStep } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { bulkMark } from "../../lib/states/bulk";
import styles from "./Bulk.module.css";
import { PlanFacts } from "./PlanFacts";
import { PlanForecast } from "./PlanForecast";
import { PlanItems } from "./PlanItems";
import { PlanProgress } from "./PlanProgress";
import { PlanSteps } from "./PlanSteps";
import { StepDialog } from "./StepDialog";
import { bulkPlanOptions } from "./bulk-queries";
import { planTitle } from "./bulk-words";

type BulkPlanProps = { id: string; onOpen: (id: string) => void; onBack: () => void };

/** A plan: what it would do, what is asked before it begins, how far it is, and what came of every item. */
export function BulkPlan({ id, onOpen, onBack }: BulkPlanProps) {
  const { data: view, error, refetch } = useQuery(bulkPlanOptions(useIpc(), id));
  const [open, setOpen] = useState<{ step: BulkStep; seen: BulkPlanView } | null>(null);
  if (view === undefined) {
    return (
      <Page title="Bulk plan" scroll>
        {error === null ? <Reading>Reading the plan…</Reading> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  const { plan } = view;
  const begun = plan.job_id !== null;
  return (
    <Page
      title={planTitle(plan)}
      tools={
        <>
          <StatusBadge mark={bulkMark(plan)} look="pill" />
          <CopyId id={plan.id} what="plan id" />
          <span className={styles.gap} />
          <IconButton icon={ArrowLeft} label="All plans" onPress={onBack} />
        </>
      }
      scroll
    >
      <div className={styles.plan}>
        <PlanSteps view={view} onStep={(step) => setOpen({ step, seen: view })} onPlanned={onOpen} />
        {begun ? <PlanProgress view={view} /> : null}
        <PlanForecast view={view} />
        <PlanFacts plan={plan} />
        <PlanItems view={view} />
      </div>
      {open === null ? null : <StepDialog step={open.step} seen={open.seen} current={view} onClose={() => setOpen(null)} />}
    </Page>
  );
}
