import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { RelativeTime } from "../../components/RelativeTime";
import { TimeBars } from "../../components/TimeBars";
import { useIpc } from "../../ipc/ipc";
import { useSession } from "../../lib/session";
import { FailureGroups } from "./FailureGroups";
import { LevelStrip } from "./LevelStrip";
import styles from "./NowPage.module.css";
import { nowOptions } from "./now-queries";

type NowPageProps = { approvals: ComponentType; contradictions: ComponentType; recurring: ComponentType };

/** What needs a person first; then how the service is doing. */
export function NowPage({ approvals: Approvals, contradictions: Contradictions, recurring: Recurring }: NowPageProps) {
  const { data: now, error, refetch } = useQuery(nowOptions(useIpc()));
  const { preferences } = useSession();
  if (now === undefined) {
    return (
      <Page title="Now" scroll>
        {error === null ? <p className={styles.quiet}>Reading…</p> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  const bars = now.minutes.map((minute) => ({ at: minute.minute, good: minute.completed, bad: minute.failed }));
  return (
    <Page
      title="Now"
      scroll
      tools={
        <span className={styles.asOf}>
          read <RelativeTime at={now.as_of} />
        </span>
      }
    >
      <Approvals />
      <Contradictions />
      <LevelStrip levels={now.levels} counts={now.counts} />
      <div className={styles.columns}>
        <section aria-labelledby="now-hour">
          <h2 id="now-hour">Last 60 minutes</h2>
          <TimeBars label="Jobs that ended in the last 60 minutes, by minute" bars={bars} good="completed" bad="failed" theme={preferences.theme} />
        </section>
        <div className={styles.beside}>
          <FailureGroups groups={now.failures} />
          <Recurring />
        </div>
      </div>
    </Page>
  );
}
