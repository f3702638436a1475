import type { DemoModeAction, JobRow, UserView } from "../../generated/commands";
import type { Observation } from "../../lib/command-phase";
import { duration, exactTimeInWords } from "../../lib/time";
import { cleanupWords, countsFrom, expectedFor } from "./demo-facts";

/** What the live data says of a command that was accepted. `accepted` is what the API answered, where it answers a user. */
export function observeDemo(action: DemoModeAction, seen: UserView, accepted: UserView | null, current: UserView, now_ms: number): Observation {
  const view = accepted !== null && current.user.version < accepted.user.version ? accepted : current;
  if (view.user.version === seen.user.version && accepted === null) return { state: "waiting", words: "Waiting for a worker." };
  switch (action === "retry" ? seen.demo.failed_operation : action) {
    case "enable":
      return observeEnable(view, deadline(action, seen, view, now_ms));
    case "disable":
      return observeDisable(view, deadline(action, seen, view, now_ms));
    case "cancel":
      return observeCancel(seen, view);
    default:
      return { state: "done", words: view.demo.status === "disabled" ? "The failure is dismissed. Demo mode is disabled." : `Demo mode is ${view.demo.status}.` };
  }
}

/** Past this, the answer is late: said, not hidden. */
function deadline(action: DemoModeAction, seen: UserView, { demo: { job } }: UserView, now_ms: number): string | null {
  const p95_s = expectedFor(action, seen.demo)?.p95_s ?? null;
  if (p95_s === null || job === null || now_ms <= countsFrom(job) + p95_s * 1_000) return null;
  return `It takes longer than 95 of 100 do (${duration(p95_s)}). It goes on by itself; if it fails, the reason will stand here.`;
}

function observeEnable({ demo }: UserView, late: string | null): Observation {
  switch (demo.status) {
    case "enabling":
      return inFlight(demo.job, late);
    case "enabled":
      return { state: "done", words: "Demo mode is enabled." };
    case "failed":
      return { state: "failed", words: demo.error ?? "It failed." };
    case "disabling":
      return { state: "failed", words: "It was stopped; what was made is being removed." };
    case "disabled":
      return { state: "failed", words: "It was stopped before it was done. Demo mode is disabled." };
  }
}

function observeDisable({ demo }: UserView, late: string | null): Observation {
  switch (demo.status) {
    case "disabling":
      return inFlight(demo.job, late);
    case "disabled": {
      const removed = cleanupWords(demo);
      return { state: "done", words: removed === null ? "Demo mode is disabled." : `Demo mode is disabled. Removed: ${removed}.` };
    }
    case "failed":
      return { state: "failed", words: demo.error ?? "It failed." };
    default:
      return { state: "failed", words: `It was stopped before it was done. Demo mode is ${demo.status}.` };
  }
}

function observeCancel(seen: UserView, { demo }: UserView): Observation {
  const enabling = seen.demo.status === "enabling";
  switch (demo.status) {
    case "enabling":
      return { state: "running", words: "The worker is winding it up.", progress: null };
    case "disabling":
      return { state: "running", words: enabling ? "Stopped. What was made is being removed." : "The worker is winding it up.", progress: enabling ? (demo.job?.progress ?? null) : null };
    case "disabled":
      return enabling ? { state: "done", words: "Stopped. Demo mode is disabled." } : { state: "failed", words: "The profile was already removed: demo mode is disabled." };
    case "enabled":
      return enabling ? { state: "failed", words: "The work was already done when the stop arrived: demo mode is enabled." } : { state: "done", words: "Stopped. Demo mode stays enabled." };
    case "failed":
      return { state: "failed", words: demo.error ?? "It failed before the stop arrived." };
  }
}

function inFlight(job: JobRow | null, late: string | null): Observation {
  if (job === null) return { state: "waiting", words: "No job is known for it yet.", late };
  if (job.status === "running") return { state: "running", words: job.step ?? "Running.", progress: job.progress, late };
  if (job.attempt > 0 && job.error !== null) return { state: "waiting", words: `Attempt ${job.attempt} failed: ${job.error} It is tried again by itself.`, late };
  const ahead = Date.parse(job.run_at) - Date.parse(job.created_at) > 60_000;
  return { state: "waiting", words: ahead ? `Scheduled. It starts at ${exactTimeInWords(job.run_at)}.` : "Waiting for a worker.", late };
}
