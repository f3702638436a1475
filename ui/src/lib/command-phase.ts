import type { CommandOutcome, IpcError } from "../generated/commands";

/** What the live data says of a command that was accepted. `late`: it takes longer than it should, in words. */
export type Observation =
  | { state: "waiting"; words: string; late?: string | null }
  | { state: "running"; words: string; progress: number | null; late?: string | null }
  | { state: "done"; words: string }
  | { state: "failed"; words: string };

/** One press of a button: the key under which it happens once, and what it is called when its answer is lost. */
export type Intent = { command_id: string; title: string };

export type CommandPhase<T> =
  | { name: "idle" }
  | { name: "sending" }
  | { name: "accepted"; data: T }
  /** Nothing was changed; `error` says why. */
  | { name: "refused"; error: IpcError }
  /** It may or may not have happened. */
  | { name: "unknown"; error: IpcError; finding: boolean }
  /** It was unknown, and the API has told what became of it. */
  | { name: "found"; outcome: CommandOutcome };

export type Command<I, T> = {
  phase: CommandPhase<T>;
  /** One effect, however often it is pressed: while one is under way, further presses do nothing. */
  press: (input: I) => void;
  /** The same command again, with the same key: it cannot happen twice. */
  tryAgain: () => void;
  /** Asks now what became of an unknown one. The window asks by itself as well. */
  findOut: () => void;
  /** Gives the password (and code) again, and then the same command. Rejects when they are refused. */
  reauthenticate: (password: string, code: string | null) => Promise<void>;
  /** Back to the start, for a new command with a new key. Not while one is under way or unknown. */
  reset: () => void;
};
