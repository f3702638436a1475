import { CopyId } from "../../components/CopyId";
import { Progress } from "../../components/Progress";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { JobRow } from "../../generated/commands";
import { serverNow } from "../../lib/clock";
import { jobMark, jobTypeWords } from "../../lib/states/job";
import { useTicked } from "../../lib/ticker";
import { duration, secondsBetween } from "../../lib/time";
import { visibleText } from "../../lib/visible-text";
import styles from "./Jobs.module.css";

/** The state, which also changes by the clock: a scheduled job becomes a waiting one. */
export function JobBadge({ job, look = "plain" }: { job: JobRow; look?: "plain" | "pill" }) {
  useTicked((now_ms) => jobMark(job, now_ms).word);
  return <StatusBadge mark={jobMark(job, serverNow())} look={look} />;
}

/** From the start of the last attempt to its end, or to now. */
export function JobDuration({ job }: { job: JobRow }) {
  const text = useTicked((now_ms) =>
    job.started_at === null || job.status === "pending" ? "–" : duration(Math.floor(secondsBetween(job.started_at, job.completed_at, now_ms))),
  );
  return <span>{text}</span>;
}

/** What is worth knowing in one line: how far it is, when it runs again, or why it failed. */
function Detail({ job }: { job: JobRow }) {
  if (job.status === "running") return <Progress value={job.progress} label={`Progress of ${jobTypeWords(job.job_type)}`} words={job.step} />;
  const ahead = job.status === "pending" && Date.parse(job.run_at) > serverNow() + 1_000;
  return (
    <span className={styles.detail}>
      {ahead ? (
        <span className={styles.quiet}>
          runs <RelativeTime at={job.run_at} />
          {job.error === null ? "" : " · "}
        </span>
      ) : null}
      {job.error === null ? null : (
        <span className={job.status === "failed" ? styles.error : styles.quiet} title={visibleText(job.error, 500)}>
          <VisibleText text={job.error} max={200} />
        </span>
      )}
    </span>
  );
}

export const JOB_COLUMNS: readonly Column<JobRow>[] = [
  { id: "state", header: "State", width: "104px", cell: (job) => <JobBadge job={job} /> },
  { id: "type", header: "Job", width: "minmax(124px, 0.5fr)", cell: (job) => <VisibleText text={jobTypeWords(job.job_type)} max={60} /> },
  {
    id: "user",
    header: "User",
    width: "minmax(130px, 1.3fr)",
    cell: (job) =>
      job.user_id === null ? (
        <span className={styles.quiet}>system</span>
      ) : (
        <span title={visibleText(job.user_email ?? job.user_id, 255)}>
          <VisibleText text={job.user_email ?? job.user_id} max={120} />
        </span>
      ),
  },
  { id: "detail", header: "Detail", width: "minmax(100px, 1.2fr)", hideBelow_px: 700, cell: (job) => <Detail job={job} /> },
  {
    id: "attempts",
    header: "Attempt",
    width: "58px",
    align: "end",
    hideBelow_px: 800,
    cell: (job) => (
      <span className={job.attempt > 1 ? styles.retried : styles.quiet}>
        {job.attempt}/{job.max_attempts}
      </span>
    ),
  },
  { id: "took", header: "Took", width: "82px", align: "end", hideBelow_px: 730, cell: (job) => <JobDuration job={job} /> },
  { id: "age", header: "Asked for", width: "84px", align: "end", hideBelow_px: 630, cell: (job) => <RelativeTime at={job.created_at} /> },
  {
    id: "worker",
    header: "Worker",
    width: "104px",
    hideBelow_px: 1_100,
    cell: (job) => <span className={styles.mono}>{job.worker === null ? "–" : <VisibleText text={job.worker} max={60} />}</span>,
  },
  { id: "id", header: "Id", width: "88px", hideBelow_px: 1_200, cell: (job) => <CopyId id={job.id} what="job id" /> },
];
