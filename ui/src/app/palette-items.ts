import { ClipboardPaste, type LucideIcon } from "lucide-react";
import type { ClipboardOffer } from "../generated/commands";
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

/** What the clipboard leads to, first: a person has most likely just copied it from a ticket. */
export function clipboardItems(offer: ClipboardOffer, found: readonly PaletteItem[], open: (path: string) => void): PaletteItem[] {
  const { path } = offer;
  if (path !== null) return [{ id: "clipboard link", words: offer.text, icon: ClipboardPaste, hint: "Copied", onPress: () => open(path) }];
  return found.map((item) => ({ ...item, id: `clipboard ${item.id}`, icon: ClipboardPaste, hint: "Copied" }));
}
