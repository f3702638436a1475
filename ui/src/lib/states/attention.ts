import { CircleX, HeartCrack, Hourglass, PlugZap, Timer, UserX } from "lucide-react";
import type { AttentionKind } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const MARKS: Record<AttentionKind, StateMark> = {
  no_worker: { word: "No worker", tone: "danger", icon: PlugZap },
  user_without_job: { word: "No job", tone: "danger", icon: UserX },
  lease_expired: { word: "Lost worker", tone: "danger", icon: HeartCrack },
  waiting_long: { word: "Waits long", tone: "warning", icon: Hourglass },
  running_long: { word: "Runs long", tone: "warning", icon: Timer },
  demo_mode_failed: { word: "Failed", tone: "danger", icon: CircleX },
};

export function attentionMark(kind: AttentionKind): StateMark {
  return MARKS[kind];
}
