import { CircleCheck, CircleHelp, Eye, LoaderCircle, TriangleAlert } from "lucide-react";
import type { Cause, Certainty, EvidenceSource, Fix, Gravity } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const GRAVITIES: Record<Gravity, StateMark> = {
  fine: { word: "Fine", tone: "success", icon: CircleCheck },
  moving: { word: "On its way", tone: "info", icon: LoaderCircle },
  watch: { word: "Watch", tone: "warning", icon: Eye },
  act: { word: "Needs you", tone: "danger", icon: TriangleAlert },
};

/** How much a verdict needs a person. */
export function gravityMark(gravity: Gravity): StateMark {
  return GRAVITIES[gravity];
}

/** How sure it is, in a word and in a sentence. */
export const CERTAINTY: Record<Certainty, { word: string; means: string }> = {
  known: { word: "known", means: "The database says so." },
  likely: { word: "likely", means: "What is seen is best explained so." },
  unknown: { word: "not known", means: "No rule explains what is seen: pass it on with the evidence." },
};

/** A mark for a case that no rule explains: it is neither good nor bad news. */
export const UNEXPLAINED: StateMark = { word: "Unexplained", tone: "warning", icon: CircleHelp };

/** Causes by themselves, where many cases share one; a verdict has a title of its own. */
export const CAUSE: Record<Cause, string> = {
  nothing_wrong: "Nothing was wrong",
  waiting_for_time: "Waiting for its time",
  waiting_for_worker: "Waiting for a free worker",
  running_normally: "Running, within the usual time",
  retrying: "Waiting for its next attempt",
  cancelling: "Being stopped",
  running_long: "Running for longer than usual",
  stopping_overdue: "Asked to stop, and still running",
  worker_lost: "Its worker was lost",
  past_deadline: "Past its time limit",
  service_slow: "The demo service was slow",
  service_refusing: "The demo service reported faults",
  service_unreachable: "The demo service could not be reached",
  queue_paused: "The queue was paused",
  no_worker: "No worker was running",
  no_worker_knows_type: "No worker knew this kind of job",
  attempts_used_up: "Waiting with no attempt left",
  failed_for_good: "Failed for good",
  legacy_out_of_step: "The old demo switch said something else",
  profile_without_state: "A profile existed, but demo mode was not on",
  user_not_waiting: "A job worked for a user who did not wait for it",
  job_ended_user_not_moved: "The job had ended, the user was not moved along",
  in_progress_without_job: "In progress, but no job did it",
  unknown: "No rule explained it",
};

/** Fixes by themselves, where many cases share one; an offer has a label of its own. */
export const FIX: Record<Fix, string> = {
  retry_now: "Try again now",
  cancel: "Stop the job",
  confirm_existing: "Ask the demo service",
  reset: "Reset demo mode",
  reconcile: "Bring in step",
  resume_queue: "Resume the queue",
};

export const SOURCE: Record<EvidenceSource, string> = {
  user: "User",
  job: "Job",
  lease: "Lease",
  worker: "Workers",
  queue: "Queue",
  history: "History",
  demo_service: "Demo service",
  error: "Last error",
};
