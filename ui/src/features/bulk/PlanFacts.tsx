import { KeyValue, type KeyValueItem } from "../../components/KeyValue";
import { RelativeTime } from "../../components/RelativeTime";
import { VisibleText } from "../../components/VisibleText";
import type { BulkPlanRow } from "../../generated/commands";
import { isAtWork } from "./bulk-queries";
import styles from "./Bulk.module.css";

/** Who, when and why. */
export function PlanFacts({ plan }: { plan: BulkPlanRow }) {
  const by = (who: string | null, at: string | null) =>
    who === null ? (
      "–"
    ) : (
      <>
        <VisibleText text={who} max={120} />, <RelativeTime at={at} />
      </>
    );
  const waits = plan.job_id === null && plan.ended_at === null;
  const items: KeyValueItem[] = [
    { key: "Why", value: <VisibleText text={plan.reason} max={500} /> },
    { key: "Chosen", value: <VisibleText text={plan.source} max={500} /> },
    { key: "Planned", value: by(plan.planned_by, plan.planned_at) },
    ...(waits ? [{ key: "Expires", value: <RelativeTime at={plan.expires_at} /> }] : []),
    ...(plan.confirmed_by === null ? [] : [{ key: "Confirmed", value: by(plan.confirmed_by, plan.confirmed_at) }]),
    ...(plan.second_person ? [{ key: "Approved", value: plan.approved_by === null ? "not yet" : by(plan.approved_by, plan.approved_at) }] : []),
    ...(plan.ended_at === null || isAtWork(plan) ? [] : [{ key: "Ended", value: <RelativeTime at={plan.ended_at} /> }]),
  ];
  return (
    <section className={styles.card} aria-labelledby="bulk-facts">
      <h2 id="bulk-facts">Who and why</h2>
      <KeyValue items={items} />
    </section>
  );
}
