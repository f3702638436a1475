import { CircleX, HeartPulse, LogOut } from "lucide-react";
import type { WorkerRow } from "../../generated/commands";
import type { StateMark } from "./state-mark";

export function workerMark(worker: WorkerRow): StateMark {
  if (worker.stopped_at !== null) return { word: "Stopped", tone: "neutral", icon: LogOut };
  if (worker.alive) return { word: "Alive", tone: "success", icon: HeartPulse };
  return { word: "Silent", tone: "danger", icon: CircleX };
}
