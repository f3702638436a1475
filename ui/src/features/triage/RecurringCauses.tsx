import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "../../components/ErrorState";
import { RelativeTime } from "../../components/RelativeTime";
import type { RecurringCause } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { CAUSE } from "../../lib/states/verdict";
import styles from "./Recurring.module.css";
import { recurringOptions } from "./triage-queries";

/** What people had to fix within a week, and whether it held: what comes back is worth mending for good. */
export function RecurringCauses() {
  const { data, error, refetch } = useQuery(recurringOptions(useIpc()));
  return (
    <section aria-labelledby="recurring">
      <h2 id="recurring">Fixed in the last 7 days</h2>
      {data === undefined && error !== null ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {data?.length === 0 ? <p className={styles.quiet}>None. Causes that people had to fix will stand here, and whether the fix held for an hour.</p> : null}
      <ul className={styles.list}>
        {(data ?? []).map((each) => (
          <li key={each.cause} className={styles.line}>
            <span className={styles.times}>{each.fixed}×</span>
            <span className={styles.cause}>{CAUSE[each.cause]}</span>
            <Held {...each} />
            <span className={styles.last}>
              <RelativeTime at={each.last_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Held({ fixed, held, not_held }: RecurringCause) {
  const open = fixed - held - not_held;
  return (
    <span className={styles.held}>
      {not_held > 0 ? <span className={styles.notHeld}>{not_held} did not hold</span> : null}
      {held > 0 ? <span>{held} held</span> : null}
      {open > 0 ? <span className={styles.quiet}>{open} not known yet</span> : null}
    </span>
  );
}
