import { QueryClientContext } from "@tanstack/react-query";
import { useContext, useEffect, useRef, useState } from "react";
import { announceNow } from "../lib/announcer";
import type { Command, CommandPhase, Intent } from "../lib/command-phase";
import { type Answer, read, toIpcError } from "../lib/failure";
import { newCommandId } from "../lib/ids";
import { keys } from "../lib/query-keys";
import { dismissSettled, useSettled } from "../lib/settled";
import { useIpc } from "./ipc";

type Options<I, T> = {
  /** "Enable demo mode for ana@example.com". */
  title: string;
  send: (intent: Intent, input: I) => Promise<Answer<T>>;
  onAccepted?: (data: T) => void;
};

/** One press of a button, from intent to acceptance. What follows is watched in the live data; nothing is replayed silently. */
export function useCommand<I, T>({ title, send, onAccepted }: Options<I, T>): Command<I, T> {
  const ipc = useIpc();
  const client = useContext(QueryClientContext);
  const [phase, setPhase] = useState<CommandPhase<T>>({ name: "idle" });
  // A ref, as two presses can come before the next render.
  const current = useRef<{ commandId: string; input: I; busy: boolean } | null>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  const settled = useSettled();
  useEffect(() => {
    const own = settled.find(({ command_id }) => command_id === current.current?.commandId);
    if (own && phase.name === "unknown") setPhase({ name: "found", outcome: own.outcome });
  }, [settled, phase.name]);

  const settle = (next: CommandPhase<T>) => {
    if (current.current) current.current.busy = false;
    if (mounted.current) setPhase(next);
    void client?.invalidateQueries({ queryKey: next.name === "accepted" ? keys.audits : keys.pending });
  };

  const run = async () => {
    const command = current.current;
    if (command === null || command.busy) return;
    command.busy = true;
    setPhase({ name: "sending" });
    try {
      const answer = await send({ command_id: command.commandId, title }, command.input);
      if (answer.status === "ok") {
        settle({ name: "accepted", data: answer.data });
        announceNow(`Accepted: ${title}`);
        onAccepted?.(answer.data);
      } else if (answer.error.type === "unknown") {
        settle({ name: "unknown", error: answer.error, finding: false });
        announceNow(`Not known whether it happened: ${title}`);
      } else {
        settle({ name: "refused", error: answer.error });
        announceNow(`Not done: ${title}. ${answer.error.message}`);
      }
    } catch (error) {
      // The page itself failed after sending: honest is only that the outcome is not known.
      const { message } = toIpcError(error);
      settle({ name: "unknown", error: { type: "unknown", message, command_id: command.commandId }, finding: false });
    }
  };

  const find = async () => {
    const command = current.current;
    if (command === null || command.busy || phase.name !== "unknown") return;
    command.busy = true;
    setPhase({ ...phase, finding: true });
    try {
      const answer = await ipc.commands.resolveCommand(command.commandId);
      if (answer.status === "ok") settle({ name: "found", outcome: answer.data });
      else settle({ name: "unknown", error: { ...phase.error, message: answer.error.message }, finding: false });
    } catch {
      settle({ ...phase, finding: false });
    }
  };

  return {
    phase,
    press: (input) => {
      if (current.current?.busy || phase.name === "unknown") return;
      if (phase.name !== "idle" && phase.name !== "refused") return;
      current.current = { commandId: newCommandId(), input, busy: false };
      void run();
    },
    tryAgain: () => {
      if (phase.name === "refused" || phase.name === "unknown") void run();
    },
    findOut: () => void find(),
    reauthenticate: async (password, code) => {
      await read(ipc.commands.reauthenticate(password, code));
      await run();
    },
    reset: () => {
      if (current.current?.busy || phase.name === "unknown") return;
      // Seen here: it need not be said at the top of the window as well.
      if (phase.name === "found" && current.current) dismissSettled(current.current.commandId);
      current.current = null;
      setPhase({ name: "idle" });
    },
  };
}
