import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { ErrorState } from "../../components/ErrorState";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { BulkPlanRow } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { AWAITS_COLLEAGUE, AWAITS_YOU } from "../../lib/states/bulk";
import type { StateMark } from "../../lib/states/state-mark";
import styles from "./Approvals.module.css";
import { approvalsOptions } from "./bulk-queries";
import { planTitle } from "./bulk-words";

/** So many that what disagrees stays on the first screen. */
const SHOWN_MAX = 4;

/** Plans that wait for a second person: those that this person may approve, and their own, which wait for a colleague. */
export function Approvals() {
  const { data, error, refetch } = useQuery(approvalsOptions(useIpc()));
  if (data === undefined) return error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Waiting title="Waits for your approval" id="approvals-yours" plans={data.yours} mark={AWAITS_YOU} />
      <Waiting title="Waits for a colleague" id="approvals-own" plans={data.own} mark={AWAITS_COLLEAGUE} />
    </>
  );
}

type WaitingProps = { title: string; id: string; plans: readonly BulkPlanRow[]; mark: StateMark };

function Waiting({ title, id, plans, mark }: WaitingProps) {
  if (plans.length === 0) return null;
  return (
    <section aria-labelledby={id} className={styles.section}>
      <h2 id={id}>
        {title} <span className={styles.quiet}>{plans.length}</span>
      </h2>
      <ul className={styles.list}>
        {plans.slice(0, SHOWN_MAX).map((plan) => (
          <li key={plan.id} className={styles.item}>
            <StatusBadge mark={mark} />
            <div className={styles.what}>
              <p className={styles.title}>
                <Link to="/bulk/$planId" params={{ planId: plan.id }} className={styles.go}>
                  {planTitle(plan)}
                </Link>
              </p>
              <p className={styles.why}>
                <VisibleText text={plan.reason} max={200} />
              </p>
            </div>
            <span className={styles.who}>
              planned by <VisibleText text={plan.planned_by} max={120} />
            </span>
            <span className={styles.until}>
              <RelativeTime at={plan.expires_at} prefix="expires " />
            </span>
            <ArrowRight size={13} aria-hidden className={styles.arrow} />
          </li>
        ))}
      </ul>
      {plans.length > SHOWN_MAX ? (
        <Link to="/bulk" className={styles.rest}>
          {`${plans.length - SHOWN_MAX} more under Bulk`}
        </Link>
      ) : null}
    </section>
  );
}
