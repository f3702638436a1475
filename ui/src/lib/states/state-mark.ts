import type { LucideIcon } from "lucide-react";
import type { Tone } from "../tone";

/** How a state looks: a word, a colour and a shape, each of which is enough by itself. */
export type StateMark = { word: string; tone: Tone; icon: LucideIcon; moving?: boolean };
