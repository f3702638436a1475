import { Ban, CircleCheck, TimerOff } from "lucide-react";
import type { SessionStatus } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const MARKS: Record<SessionStatus, StateMark> = {
  active: { word: "Active", tone: "success", icon: CircleCheck },
  revoked: { word: "Revoked", tone: "danger", icon: Ban },
  expired: { word: "Expired", tone: "neutral", icon: TimerOff },
};

export function sessionMark(status: SessionStatus): StateMark {
  return MARKS[status];
}
