import type { DemoModeAction, DemoModeView, JobRow, JobStatus, UserView } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { demoModeMark } from "../../lib/states/demo-mode";
import { jobTypeWords } from "../../lib/states/job";
import { visibleText } from "../../lib/visible-text";

export function isLive(status: JobStatus): boolean {
  return status === "pending" || status === "running";
}

/** When the work began to count: a retry moves its time ahead, and must not hide how long it has been. */
export function countsFrom(job: JobRow): number {
  const run_ms = Date.parse(job.run_at);
  return job.started_at === null ? run_ms : Math.min(run_ms, Date.parse(job.started_at));
}

/** How a change of the user while a dialog is open reads: what was seen, and what is now. */
export function userChanges(seen: UserView, current: UserView): string {
  const before = seen.demo;
  const after = current.demo;
  const parts: string[] = [];
  if (before.status !== after.status) parts.push(`demo mode went from ${word(before)} to ${word(after)}`);
  if (before.job?.id !== after.job?.id && after.job !== null) parts.push(`a job was made: ${jobTypeWords(after.job.job_type).toLowerCase()}`);
  else if (before.job && after.job && before.job.status !== after.job.status) parts.push(`its job went from ${before.job.status} to ${after.job.status}`);
  if (before.error !== after.error && after.error !== null) parts.push(`the error is now “${visibleText(after.error, 120)}”`);
  if (before.profile_id !== after.profile_id) {
    parts.push(after.profile_id === null ? "the profile is gone" : before.profile_id === null ? "there is a profile now" : "there is another profile");
  }
  return `Since you opened this, ${parts.length === 0 ? "something else about this user changed" : parts.join("; ")}.`;
}

function word(demo: DemoModeView): string {
  return demoModeMark(demo.status).word.toLowerCase();
}

/** "1,204 reviews, 310 comments". */
export function cleanupWords(demo: DemoModeView): string | null {
  if (demo.cleanup === null || demo.cleanup.length === 0) return null;
  return demo.cleanup.map(({ what, count }) => plural(count, what.replace(/s$/, ""), what)).join(", ");
}

/** The two operations that take time and have a history to expect from. */
export function expectedFor(action: DemoModeAction, demo: DemoModeView) {
  if (action === "enable" || (action === "retry" && demo.failed_operation === "enable")) return demo.expected_enable;
  if (action === "disable" || (action === "retry" && demo.failed_operation === "disable")) return demo.expected_disable;
  return null;
}
