import { FlaskConical, Laptop, ShieldAlert } from "lucide-react";
import type { Environment, EnvironmentKind } from "../../generated/commands";
import { visibleText } from "../visible-text";
import type { StateMark } from "./state-mark";

const MARKS: Record<EnvironmentKind, StateMark> = {
  local: { word: "Local", tone: "info", icon: Laptop },
  staging: { word: "Staging", tone: "warning", icon: FlaskConical },
  production: { word: "Production", tone: "danger", icon: ShieldAlert },
};

export function environmentMark(kind: EnvironmentKind): StateMark {
  return MARKS[kind];
}

/** "Production: EU 1"; the kind alone where the name says no more. */
export function environmentWords({ kind, name }: Environment): string {
  const { word } = MARKS[kind];
  return name.toLowerCase() === word.toLowerCase() ? word : `${word}: ${visibleText(name, 40)}`;
}
