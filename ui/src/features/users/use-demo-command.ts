import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { DemoModeAction, UserView } from "../../generated/commands";
import { useCommand } from "../../ipc/use-command";
import { serverNow } from "../../lib/clock";
import type { Command, Intent, Observation } from "../../lib/command-phase";
import type { Answer } from "../../lib/failure";
import { useTicked } from "../../lib/ticker";
import { observeDemo } from "./demo-observe";
import { keepUser, rereadUser } from "./users-queries";

type Options<T> = {
  action: DemoModeAction;
  title: string;
  /** The user as it was when the dialog opened: the command is bound to this. */
  seen: UserView;
  current: UserView;
  send: (intent: Intent, reason: string) => Promise<Answer<T>>;
  /** The user in the answer, where the command answers one. */
  answered: (data: T) => UserView | null;
};

/** A command on a user's demo mode, and what the live data says of it. */
export function useDemoCommand<T>({ action, title, seen, current, send, answered }: Options<T>): { command: Command<string, T>; observed: Observation | null } {
  const client = useQueryClient();
  const userId = seen.user.id;
  const command = useCommand<string, T>({
    title,
    send,
    onAccepted: (data) => {
      const view = answered(data);
      if (view === null) rereadUser(client, userId);
      else keepUser(client, view);
    },
  });
  const { phase } = command;
  const outdated = phase.name === "found" || (phase.name === "refused" && phase.error.type === "conflict");
  useEffect(() => {
    // What changed meanwhile is read at once, so that it can be shown.
    if (outdated) rereadUser(client, userId);
  }, [client, userId, outdated]);
  const observe = (now_ms: number) => (phase.name === "accepted" ? observeDemo(action, seen, answered(phase.data), current, now_ms) : null);
  // Becoming late changes nothing in the data: only the clock tells.
  useTicked((now_ms) => JSON.stringify(observe(now_ms)));
  return { command, observed: observe(serverNow()) };
}
