import type { JobAction, JobRow, JobStatus } from "../../generated/commands";
import type { Observation } from "../../lib/command-phase";
import { OctagonPause } from "lucide-react";
import { JOB_STATUSES, jobStatusMark } from "../../lib/states/job";
import type { StateMark } from "../../lib/states/state-mark";
import { exactTimeInWords } from "../../lib/time";

/** What the live row says of a command that was accepted with `accepted`. */
export function observeJob(action: JobAction, accepted: JobRow, current: JobRow): Observation {
  const job = current.version >= accepted.version ? current : accepted;
  if (action === "reschedule") return { state: "done", words: `It runs at ${exactTimeInWords(job.run_at)}.` };
  return action === "cancel" ? observeCancel(job) : observeRetry(job);
}

function observeCancel(job: JobRow): Observation {
  switch (job.status) {
    case "cancelled":
      return { state: "done", words: "The job is cancelled." };
    case "completed":
      return { state: "failed", words: "The work was already done when the stop arrived: it stands." };
    case "failed":
      return { state: "failed", words: "The job failed before the stop arrived." };
    default:
      return { state: "running", words: "The worker is winding it up.", progress: null };
  }
}

function observeRetry(job: JobRow): Observation {
  switch (job.status) {
    case "pending":
      return { state: "waiting", words: job.attempt > 0 ? `Attempt ${job.attempt} failed; it is tried again.` : "Waiting for a worker." };
    case "running":
      return { state: "running", words: job.step ?? "Running.", progress: job.progress };
    case "completed":
      return { state: "done", words: "The job is completed." };
    case "failed":
      return { state: "failed", words: job.error ?? "The job failed again." };
    case "cancelled":
      return { state: "failed", words: "The job was cancelled meanwhile." };
  }
}

/** The state right after the action. A running job that is cancelled runs on until its worker has stopped it. */
export function nextMark(action: JobAction, job: JobRow, becomes: string | undefined): StateMark | null {
  if (action === "cancel" && job.status === "running") return { word: "Stopping", tone: "warning", icon: OctagonPause };
  const known = JOB_STATUSES.find((status): status is JobStatus => status === becomes);
  return known === undefined ? null : jobStatusMark(known);
}
