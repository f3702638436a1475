import type { LucideIcon } from "lucide-react";
import type { StateMark } from "../lib/states/state-mark";
import { JOB_VIEWS } from "../features/jobs/job-filters";
import { PLACES } from "./places";

export type PaletteItem = { id: string; words: string; icon: LucideIcon; hint: string; mark?: StateMark; onPress: () => void };

type Go = (to: { to: string; search?: { q: string } }) => unknown;

/** Pages, and views of the jobs that are asked for often. */
export function placeItems(go: Go): PaletteItem[] {
  const pages = PLACES.map(({ to, words, icon, key }) => ({ id: to as string, words, icon, hint: `g ${key}`, onPress: () => void go({ to }) }));
  const icon = PLACES[1]?.icon;
  if (icon === undefined) return pages;
  const views = JOB_VIEWS.filter((view) => view.q !== "").map((view) => ({
    id: `view ${view.q}`,
    words: `Jobs: ${view.words.toLowerCase()}`,
    icon,
    hint: view.q,
    onPress: () => void go({ to: "/jobs", search: { q: view.q } }),
  }));
  return [...pages, ...views];
}

export function matchItems(items: readonly PaletteItem[], text: string): PaletteItem[] {
  const word = text.toLowerCase();
  return items.filter((item) => item.words.toLowerCase().includes(word));
}
