import { createContext, useContext } from "react";
import type { LiveInterest, LiveMessage, SettledCommand, commands } from "../generated/commands";
import type { Answer } from "../lib/failure";

type Generated = typeof commands;
type Answered<F> = F extends (...input: infer I) => Promise<infer T> ? (...input: I) => Promise<Answer<T>> : never;

/** The generated commands, with refusals as values: they are expected, and each has its own answer on the screen. */
export type Commands = { [K in Exclude<keyof Generated, "subscribe" | "unsubscribe">]: Answered<Generated[K]> };

/** Everything that the page asks of the window's Rust side. Tests and the demonstration put another one in its place. */
export type Ipc = {
  commands: Commands;
  /** Begins a stream; the answer ends it. */
  subscribe: (interest: LiveInterest, onMessage: (message: LiveMessage) => void) => Promise<() => void>;
  /** A deep link or a menu asks for a screen, as a path. */
  onNavigate: (go: (path: string) => void) => Promise<() => void>;
  /** Somebody signed in or out behind the page's back: a prompt was answered late, or the API ended the session. */
  onSessionChanged: (reread: () => void) => Promise<() => void>;
  /** Something that was waited for has ended. */
  onWatchesChanged: (reread: () => void) => Promise<() => void>;
  /** It became known what happened to a command whose answer was lost. */
  onCommandSettled: (tell: (settled: SettledCommand) => void) => Promise<() => void>;
};

export const IpcContext = createContext<Ipc | null>(null);

export function useIpc(): Ipc {
  const ipc = useContext(IpcContext);
  if (ipc === null) throw new Error("There is no Ipc around this component.");
  return ipc;
}
