import { Link } from "@tanstack/react-router";
import { CopyId } from "../../components/CopyId";
import { KeyValue, type KeyValueItem } from "../../components/KeyValue";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { JobDetail } from "../../generated/commands";
import { serverNow } from "../../lib/clock";
import { demoModeMark } from "../../lib/states/demo-mode";
import { duration } from "../../lib/time";
import styles from "./Jobs.module.css";
import { JobDuration } from "./job-columns";

/** Everything about a job that fits in a line. */
export function JobFacts({ detail }: { detail: JobDetail }) {
  const { job, expected } = detail;
  const items: KeyValueItem[] = [];
  if (job.user_id !== null) {
    items.push({
      key: "User",
      value: (
        <Link to="/users/$userId" params={{ userId: job.user_id }}>
          <VisibleText text={job.user_email ?? job.user_id} max={200} />
        </Link>
      ),
    });
  }
  if (detail.user_demo_mode !== null) {
    items.push({
      key: "Demo mode",
      value: (
        <span className={styles.inline}>
          <StatusBadge mark={demoModeMark(detail.user_demo_mode)} />
          {detail.is_current ? null : <span className={styles.quiet}>by another job since</span>}
        </span>
      ),
    });
  }
  items.push({ key: "Attempt", value: `${job.attempt} of ${job.max_attempts}` }, { key: "Asked for", value: <RelativeTime at={job.created_at} /> });
  if (job.status === "pending") items.push({ key: Date.parse(job.run_at) > serverNow() ? "Runs" : "Due", value: <RelativeTime at={job.run_at} /> });
  if (job.started_at !== null) items.push({ key: "Started", value: <RelativeTime at={job.started_at} /> });
  if (job.completed_at !== null) items.push({ key: "Ended", value: <RelativeTime at={job.completed_at} /> });
  if (job.started_at !== null && job.status !== "pending") {
    const usual = expected === null ? null : `usually ${duration(expected.p50_s)}, 95 % within ${duration(expected.p95_s)}`;
    items.push({
      key: job.status === "running" ? "Running for" : "Took",
      value: (
        <span>
          <JobDuration job={job} /> {usual === null ? null : <span className={styles.quiet}>({usual})</span>}
        </span>
      ),
    });
  }
  if (job.worker !== null) items.push({ key: "Worker", value: <span className={styles.mono}>{<VisibleText text={job.worker} max={80} />}</span> });
  if (job.status === "running") {
    items.push({ key: "Lease ends", value: <RelativeTime at={job.lease_expires_at} /> }, { key: "Given up", value: <RelativeTime at={detail.deadline_at} /> });
  }
  items.push({ key: "Queue", value: <VisibleText text={job.queue} max={80} /> }, { key: "Id", value: <CopyId id={job.id} what="job id" whole /> });
  return <KeyValue items={items} />;
}
