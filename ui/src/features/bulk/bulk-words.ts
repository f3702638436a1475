import type { BulkAction, BulkForecast, BulkItemState, BulkPlanRow, BulkStep, JobFilter, UserFilter } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { visibleText } from "../../lib/visible-text";

type ActionWords = { /** On the bar. */ verb: string; /** "Retry 3 jobs": what is to be done to so many. */ to: (count: number) => string; what: "job" | "user" | "case" };

export const ACTIONS: Record<BulkAction, ActionWords> = {
  retry_jobs: { verb: "Retry…", to: (count) => `Retry ${plural(count, "job")}`, what: "job" },
  cancel_jobs: { verb: "Cancel…", to: (count) => `Cancel ${plural(count, "job")}`, what: "job" },
  disable_demo_mode: { verb: "Disable demo mode…", to: (count) => `Disable demo mode of ${plural(count, "user")}`, what: "user" },
  revoke_sessions: { verb: "Revoke all sessions…", to: (count) => `Revoke all sessions of ${plural(count, "user")}`, what: "user" },
  apply_fix: { verb: "Fix…", to: (count) => `Fix ${plural(count, "case")}`, what: "case" },
};

/** All of a list, and never as if there were a filter where there is none. */
export function allWords(what: "job" | "user", filter: JobFilter | UserFilter): { button: string; chosen: string } {
  const isFiltered = Object.values(filter).some((wanted) => (Array.isArray(wanted) ? wanted.length > 0 : wanted !== null));
  return isFiltered
    ? { button: "All that match", chosen: `All ${what}s that match the filter` }
    : { button: `Every ${what}`, chosen: `Every ${what}: no filter is set` };
}

export const FORECASTS: Record<BulkForecast, string> = {
  will_change: "will change",
  already_there: "already there",
  in_flight: "on their way",
  not_allowed: "not allowed",
};

export const ITEM_STATES: Record<BulkItemState, string> = { left_out: "Left out", waiting: "Waiting", done: "Done", failed: "Failed" };

export const planTitle = (plan: BulkPlanRow): string => ACTIONS[plan.action].to(plan.will_change);

type StepWords = { title: string; button: string; note: string; tone: "primary" | "danger"; /** There is no way back from it. */ final?: true };

/** What a step is called, and what follows from it. */
export function stepWords(step: BulkStep, plan: BulkPlanRow): StepWords {
  const title = planTitle(plan);
  switch (step) {
    case "confirm":
      return plan.second_person
        ? { title, button: "Ask a second person", note: "Nothing is changed until somebody else approves it.", tone: "primary" }
        : { title, button: title, note: "It begins at once, one after the other.", tone: "danger", final: true };
    case "approve":
      return { title: `Approve: ${title}`, button: "Approve and begin", note: `Planned by ${visibleText(plan.planned_by, 80)}, confirmed by ${visibleText(plan.confirmed_by ?? "nobody", 80)}. It begins at once.`, tone: "danger", final: true };
    case "discard":
      return { title: "Discard the plan", button: "Discard", note: "Nothing was changed, and nothing will be.", tone: "primary" };
    case "pause":
      return { title: "Pause", button: "Pause", note: "The one in hand is ended; the others wait until somebody resumes it.", tone: "primary" };
    case "resume":
      return { title: "Resume", button: "Resume", note: "It goes on with those that wait.", tone: "primary" };
    case "abort":
      return { title: "Abort", button: "Abort for good", note: "The one in hand is ended; the others stay as they are. What was done stands.", tone: "danger" };
  }
}
