import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { Banner } from "../../components/Banner";
import { Progress } from "../../components/Progress";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { DemoModeView, JobRow } from "../../generated/commands";
import { serverNow } from "../../lib/clock";
import { jobMark, jobTypeWords } from "../../lib/states/job";
import { useTicked } from "../../lib/ticker";
import { duration, secondsBetween } from "../../lib/time";
import styles from "./User.module.css";
import { countsFrom, isLive } from "./demo-facts";

/** The job that carries the operation out, or the last one. */
export function DemoModeJob({ job, demo }: { job: JobRow; demo: DemoModeView }) {
  useTicked((now_ms) => jobMark(job, now_ms).word);
  const live = isLive(job.status);
  const expected = job.job_type === "demo_disable" ? demo.expected_disable : demo.expected_enable;
  const p95_s = expected?.p95_s ?? null;
  const late = useTicked((now_ms) => live && p95_s !== null && now_ms > countsFrom(job) + p95_s * 1_000);
  const took = useTicked((now_ms) => (job.started_at === null ? null : duration(Math.floor(secondsBetween(job.started_at, live ? null : job.completed_at, now_ms)))));
  return (
    <div className={styles.job}>
      <div className={styles.jobLine}>
        <h3>{live ? "Job in flight" : "Last job"}</h3>
        <StatusBadge mark={jobMark(job, serverNow())} />
        <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
          {jobTypeWords(job.job_type)}
        </Link>
        <span className={styles.quiet}>
          {job.attempt > 1 ? `attempt ${job.attempt} of ${job.max_attempts} · ` : null}
          {job.status === "pending" ? (
            <>
              runs <RelativeTime at={job.run_at} />
            </>
          ) : (
            <>
              {live ? "for" : "took"} {took}
            </>
          )}
          {live && expected !== null ? ` · usually ${duration(expected.p50_s)}` : null}
        </span>
      </div>
      {job.status === "running" ? <Progress value={job.progress} label="Progress" words={job.step} /> : null}
      {job.status === "pending" && job.error !== null ? (
        <p className={styles.quiet}>
          Attempt {job.attempt} failed: <VisibleText text={job.error} max={400} />
        </p>
      ) : null}
      {late ? (
        <Banner tone="warning" icon={Hourglass}>
          It takes longer than 95 of 100 do ({duration(p95_s)}). <Link to="/jobs/$jobId" params={{ jobId: job.id }}>Look at the job</Link> to see what holds it up.
        </Banner>
      ) : null}
    </div>
  );
}
