import { Ban, CircleCheck, CircleDashed, CircleX, ClipboardList, Clock, LoaderCircle, OctagonPause, UserRoundCheck } from "lucide-react";
import type { BulkItemState, BulkPlanRow, BulkStatus } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const MARKS: Record<BulkStatus, StateMark> = {
  planned: { word: "Planned", tone: "neutral", icon: ClipboardList },
  awaiting_approval: { word: "Needs a second person", tone: "warning", icon: UserRoundCheck },
  running: { word: "Running", tone: "info", icon: LoaderCircle, moving: true },
  pausing: { word: "Pausing", tone: "warning", icon: OctagonPause },
  paused: { word: "Paused", tone: "warning", icon: OctagonPause },
  aborting: { word: "Aborting", tone: "warning", icon: OctagonPause },
  aborted: { word: "Aborted", tone: "danger", icon: Ban },
  completed: { word: "Completed", tone: "success", icon: CircleCheck },
  discarded: { word: "Discarded", tone: "neutral", icon: Ban },
};

/** The same wait, as each side of it sees it. */
export const AWAITS_YOU: StateMark = { word: "Needs your approval", tone: "warning", icon: UserRoundCheck };
export const AWAITS_COLLEAGUE: StateMark = { word: "Waits for a colleague", tone: "neutral", icon: Clock };

/** As the status, and finer where the row tells more: it did not begin in its time. */
export function bulkMark(plan: BulkPlanRow): StateMark {
  return plan.expired ? { word: "Expired", tone: "neutral", icon: Clock } : MARKS[plan.status];
}

const ITEMS: Record<BulkItemState, StateMark> = {
  left_out: { word: "Left out", tone: "neutral", icon: Ban },
  waiting: { word: "Waiting", tone: "neutral", icon: CircleDashed },
  done: { word: "Done", tone: "success", icon: CircleCheck },
  failed: { word: "Failed", tone: "danger", icon: CircleX },
};

export function bulkItemMark(state: BulkItemState): StateMark {
  return ITEMS[state];
}
