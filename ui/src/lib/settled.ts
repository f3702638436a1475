import { useSyncExternalStore } from "react";
import type { CommandOutcome, SettledCommand } from "../generated/commands";

/** More lost answers than this at once are told as the newest ones. */
const SETTLED_MAX = 5;

/** What became of commands whose answer was lost, until a person has seen it. */
let settled: readonly SettledCommand[] = [];
const listeners = new Set<() => void>();

function set(next: readonly SettledCommand[]): void {
  settled = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function addSettled(command: SettledCommand): void {
  set([command, ...settled.filter((each) => each.command_id !== command.command_id)].slice(0, SETTLED_MAX));
}

/** A person has seen it. */
export function dismissSettled(commandId: string): void {
  if (settled.some((each) => each.command_id === commandId)) set(settled.filter((each) => each.command_id !== commandId));
}

/** Another person, or another environment. */
export function clearSettled(): void {
  set([]);
}

export function useSettled(): readonly SettledCommand[] {
  return useSyncExternalStore(subscribe, () => settled);
}

export const OUTCOME: Record<CommandOutcome, { words: string; todo: string }> = {
  done: { words: "It happened, once", todo: "" },
  not_done: { words: "It did not happen, and will not", todo: "Nothing was changed; you can do it again." },
  too_old: { words: "It can no longer be found out", todo: "It was asked for more than six days ago. Look at the history before you do it again." },
};
