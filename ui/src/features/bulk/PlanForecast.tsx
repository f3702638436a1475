import { ArrowRight, Gauge, TriangleAlert } from "lucide-react";
import { Banner } from "../../components/Banner";
import { VisibleText } from "../../components/VisibleText";
import type { BulkItemRow, BulkPlanView } from "../../generated/commands";
import { count, plural } from "../../lib/numbers";
import { jobTypeWords } from "../../lib/states/job";
import { FIX } from "../../lib/states/verdict";
import { duration } from "../../lib/time";
import styles from "./Bulk.module.css";
import { FORECASTS } from "./bulk-words";

/** What is to be expected, by outcome, with why; and the first few that will change. */
export function PlanForecast({ view }: { view: BulkPlanView }) {
  const { plan, reasons, sample } = view;
  return (
    <section className={styles.card} aria-labelledby="bulk-forecast">
      <h2 id="bulk-forecast">What was planned</h2>
      <ul className={styles.counts}>
        {(["will_change", "already_there", "in_flight", "not_allowed"] as const).map((forecast) => (
          <li key={forecast} data-forecast={plan[forecast] === 0 ? "none" : forecast}>
            <strong>{count(plan[forecast])}</strong> {FORECASTS[forecast]}
          </li>
        ))}
      </ul>
      {plan.or_more ? (
        <Banner tone="warning" icon={TriangleAlert}>
          {`More match than the plan holds: it is on ${count(plan.items)} of them. Plan again for the rest.`}
        </Banner>
      ) : null}
      {reasons.length === 0 ? null : (
        <ul className={styles.reasons}>
          {reasons.map((reason) => (
            <li key={`${reason.forecast} ${reason.why}`}>
              <span className={styles.number}>{count(reason.count)}</span>
              <span>
                {FORECASTS[reason.forecast]}: <VisibleText text={reason.why} max={300} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {sample.length === 0 ? null : (
        <>
          <h3>{sample.length < plan.will_change ? `The first ${plural(sample.length, "one")} that will change` : "Those that will change"}</h3>
          <ul className={styles.sample}>
            {sample.map((item) => (
              <li key={item.seq}>
                <span className={styles.target}>
                  <VisibleText text={targetWords(item)} max={160} />
                </span>
                <span className={styles.change}>
                  {item.fix === null ? null : `${FIX[item.fix]}: `}
                  {item.now} <ArrowRight size={12} aria-label="becomes" /> {item.next}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className={styles.rate}>
        <Gauge size={14} aria-hidden />
        {`At most ${plan.rate_per_s} a second: about ${duration(plan.estimate_s)} for all of it, beside ordinary work.`}
      </p>
    </section>
  );
}

/** Whose it is, and what it does. */
function targetWords(item: BulkItemRow): string {
  const whose = item.user_email ?? (item.user_id === null ? null : item.user_id);
  if (item.job_id === null) return whose ?? item.target_id;
  const what = item.job_type === null ? "A job that is gone" : jobTypeWords(item.job_type);
  return whose === null ? `${what} (system)` : `${what}: ${whose}`;
}
