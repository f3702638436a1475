import { CircleX, Link2, Link2Off, LoaderCircle } from "lucide-react";
import type { ConnectionStatus } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const MARKS: Record<ConnectionStatus, StateMark> = {
  disconnected: { word: "Disconnected", tone: "neutral", icon: Link2Off },
  connecting: { word: "Connecting", tone: "info", icon: LoaderCircle, moving: true },
  connected: { word: "Connected", tone: "success", icon: Link2 },
  disconnecting: { word: "Disconnecting", tone: "info", icon: LoaderCircle, moving: true },
  failed: { word: "Failed", tone: "danger", icon: CircleX },
};

export function connectionMark(status: ConnectionStatus): StateMark {
  return MARKS[status];
}
