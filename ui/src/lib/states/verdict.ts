import { CircleCheck, CircleHelp, Eye, LoaderCircle, TriangleAlert } from "lucide-react";
import type { Certainty, EvidenceSource, Gravity } from "../../generated/commands";
import type { StateMark } from "./state-mark";

const GRAVITIES: Record<Gravity, StateMark> = {
  fine: { word: "Fine", tone: "success", icon: CircleCheck },
  moving: { word: "On its way", tone: "info", icon: LoaderCircle },
  watch: { word: "Watch", tone: "warning", icon: Eye },
  act: { word: "Needs you", tone: "danger", icon: TriangleAlert },
};

/** How much a verdict needs a person. */
export function gravityMark(gravity: Gravity): StateMark {
  return GRAVITIES[gravity];
}

/** How sure it is, in a word and in a sentence. */
export const CERTAINTY: Record<Certainty, { word: string; means: string }> = {
  known: { word: "known", means: "The database says so." },
  likely: { word: "likely", means: "What is seen is best explained so." },
  unknown: { word: "not known", means: "No rule explains what is seen: pass it on with the evidence." },
};

/** A mark for a case that no rule explains: it is neither good nor bad news. */
export const UNEXPLAINED: StateMark = { word: "Unexplained", tone: "warning", icon: CircleHelp };

export const SOURCE: Record<EvidenceSource, string> = {
  user: "User",
  job: "Job",
  lease: "Lease",
  worker: "Workers",
  queue: "Queue",
  history: "History",
  demo_service: "Demo service",
  error: "Last error",
};
