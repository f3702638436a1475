import { Ban, CircleCheck, CircleDashed, CircleX, Clock, LoaderCircle, OctagonPause } from "lucide-react";
import type { JobRow, JobStatus } from "../../generated/commands";
import type { StateMark } from "./state-mark";

export const JOB_STATUSES: readonly JobStatus[] = ["pending", "running", "completed", "failed", "cancelled"];

const MARKS: Record<JobStatus, StateMark> = {
  pending: { word: "Pending", tone: "neutral", icon: CircleDashed },
  running: { word: "Running", tone: "info", icon: LoaderCircle, moving: true },
  completed: { word: "Completed", tone: "success", icon: CircleCheck },
  failed: { word: "Failed", tone: "danger", icon: CircleX },
  cancelled: { word: "Cancelled", tone: "neutral", icon: Ban },
};

export function jobStatusMark(status: JobStatus): StateMark {
  return MARKS[status];
}

/** As the status, and finer where the row tells more: waiting for its time, or being stopped. */
export function jobMark(job: JobRow, now_ms: number): StateMark {
  if (job.status === "running" && job.cancel_requested) return { word: "Stopping", tone: "warning", icon: OctagonPause };
  if (job.status === "pending" && Date.parse(job.run_at) > now_ms + 1_000) {
    return { word: job.attempt > 0 ? "Retrying" : "Scheduled", tone: job.attempt > 0 ? "warning" : "neutral", icon: Clock };
  }
  return MARKS[job.status];
}

const TYPES: Record<string, string> = {
  demo_enable: "Enable demo mode",
  demo_disable: "Disable demo mode",
  bulk: "Execute a bulk plan",
  job_retention: "Clean up old jobs",
  noop: "No operation",
};

/** A type that this build does not know is shown as its word. */
export function jobTypeWords(jobType: string): string {
  return TYPES[jobType] ?? jobType;
}
