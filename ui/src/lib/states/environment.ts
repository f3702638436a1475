import { FlaskConical, Laptop, ShieldAlert } from "lucide-react";
import type { EnvironmentKind } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const MARKS: Record<EnvironmentKind, StateMark> = {
  local: { word: "Local", tone: "info", icon: Laptop },
  staging: { word: "Staging", tone: "warning", icon: FlaskConical },
  production: { word: "Production", tone: "danger", icon: ShieldAlert },
};

export function environmentMark(kind: EnvironmentKind): StateMark {
  return MARKS[kind];
}
