import { LogIn, type LucideIcon, UserRoundCog } from "lucide-react";
import type { TimelineEntry } from "../../generated/commands";
import { auditWords } from "../../lib/audit-words";
import { JOB_STATUSES, jobStatusMark } from "../../lib/states/job";
import { sessionMark } from "../../lib/states/session";
import type { Tone } from "../../lib/tone";

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
