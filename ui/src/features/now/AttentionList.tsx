import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Attention } from "../../generated/commands";
import { attentionMark } from "../../lib/states/attention";
import { visibleText } from "../../lib/visible-text";
import styles from "./NowPage.module.css";

/** So many that the service levels stay on the first screen. */
const AT_FIRST = 6;

/** What does not mend itself, worst first. */
export function AttentionList({ items, more }: { items: readonly Attention[]; more: boolean }) {
  const [all, setAll] = useState(false);
  if (items.length === 0) {
    return (
      <p className={styles.calm}>
        <CircleCheck size={15} aria-hidden /> Nothing needs a person right now. What gets stuck or contradicts itself will stand here first.
      </p>
    );
  }
  return (
    <section aria-labelledby="now-attention" className={styles.attention}>
      <h2 id="now-attention">
        Needs a person <span className={styles.number}>{`${items.length}${more ? "+" : ""}`}</span>
      </h2>
      <ul className={styles.list}>
        {(all ? items : items.slice(0, AT_FIRST)).map((item) => (
          <li key={`${item.kind} ${item.user_id} ${item.job_id}`} className={styles.item}>
            <StatusBadge mark={attentionMark(item.kind)} />
            <div className={styles.what}>
              <p className={styles.title}>
                <VisibleText text={item.title} max={160} />
              </p>
              <p className={styles.advice} title={visibleText(item.advice, 500)}>
                <VisibleText text={item.advice} max={300} />
              </p>
            </div>
            <span className={styles.who}>{item.user_email === null ? null : <VisibleText text={item.user_email} max={120} />}</span>
            <span className={styles.since}>
              <RelativeTime at={item.since} />
            </span>
            <Target item={item} />
          </li>
        ))}
      </ul>
      {items.length > AT_FIRST && (
        <Button tone="quiet" size="small" onPress={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${items.length}${more ? "+" : ""}`}
        </Button>
      )}
    </section>
  );
}

/** Where it can be mended: at the user, or else at the job, or else at the workers. */
function Target({ item }: { item: Attention }) {
  const arrow = <ArrowRight size={13} aria-hidden />;
  if (item.user_id !== null) {
    return (
      <Link to="/users/$userId" params={{ userId: item.user_id }} className={styles.go} aria-label={`Open user ${visibleText(item.user_email ?? item.user_id, 255)}`}>
        Open user {arrow}
      </Link>
    );
  }
  if (item.job_id !== null) {
    return (
      <Link to="/jobs/$jobId" params={{ jobId: item.job_id }} className={styles.go}>
        Open job {arrow}
      </Link>
    );
  }
  return (
    <Link to="/workers" className={styles.go}>
      Workers {arrow}
    </Link>
  );
}
