import { CircleOff, CircleX, LoaderCircle, Sparkles } from "lucide-react";
import type { DemoModeStatus } from "../../generated/commands";
import type { StateMark } from "./state-mark";

export const DEMO_MODE_STATUSES: readonly DemoModeStatus[] = ["disabled", "enabling", "enabled", "disabling", "failed"];

const MARKS: Record<DemoModeStatus, StateMark> = {
  disabled: { word: "Disabled", tone: "neutral", icon: CircleOff },
  enabling: { word: "Enabling", tone: "info", icon: LoaderCircle, moving: true },
  enabled: { word: "Enabled", tone: "success", icon: Sparkles },
  disabling: { word: "Disabling", tone: "info", icon: LoaderCircle, moving: true },
  failed: { word: "Failed", tone: "danger", icon: CircleX },
};

export function demoModeMark(status: DemoModeStatus): StateMark {
  return MARKS[status];
}
