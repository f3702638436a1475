import { LogIn, type LucideIcon, UserRoundCog } from "lucide-react";
import type { TimelineEntry } from "../../generated/commands";
import { auditWords } from "../../lib/audit-words";
import { JOB_STATUSES, jobStatusMark } from "../../lib/states/job";
import { sessionMark } from "../../lib/states/session";
import { exactTime } from "../../lib/time";
import type { Tone } from "../../lib/tone";
import { visibleText } from "../../lib/visible-text";

/** The audit trail's verb is a word of the system: here it reads as what a person did. */
export function entryTitle({ kind, title }: TimelineEntry): string {
  if (kind !== "audit") return title;
  const [action = "", ...rest] = title.split(":");
  return [auditWords(action), ...rest].join(":");
}

export function entryMark({ kind, state }: TimelineEntry): { icon: LucideIcon; tone: Tone } {
  if (kind === "audit") return { icon: UserRoundCog, tone: "accent" };
  if (kind === "session") return state === "revoked" ? sessionMark("revoked") : { icon: LogIn, tone: "neutral" };
  const status = JOB_STATUSES.find((each) => each === state);
  return status === undefined ? { icon: jobStatusMark("pending").icon, tone: "neutral" } : jobStatusMark(status);
}

/** Plain lines for a ticket, newest first, in UTC: it is read in another place than it is copied. */
export function timelineText(email: string, entries: readonly TimelineEntry[], more: boolean): string {
  const lines = entries.map((entry) => {
    const detail = entry.detail === null ? "" : ` | ${oneLine(entry.detail)}`;
    const job = entry.job_id === null ? "" : ` | job ${entry.job_id}`;
    return `${exactTime(entry.at, "utc")} | ${oneLine(entryTitle(entry))} | ${oneLine(entry.actor)}${detail}${job}`;
  });
  return [`Timeline of ${oneLine(email)}`, ...lines, ...(more ? ["Older entries are not in this copy."] : [])].join("\n");
}

/** An entry stays on its line, whatever stands in it. */
function oneLine(text: string): string {
  return visibleText(text, 500).replaceAll(/\s+/g, " ").trim();
}
