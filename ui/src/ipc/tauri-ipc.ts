import { Channel, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { appEvents, commands } from "../generated/commands";
import type { IpcError, LiveMessage, SettledCommand } from "../generated/commands";
import type { Answer } from "../lib/failure";
import type { Commands, Ipc } from "./ipc";

/** The real thing. */
export function tauriIpc(): Ipc {
  if (!isTauri()) {
    throw new Error("This page works inside the Repruv Ops window. To look at it in a browser, open it with ?fixture in development.");
  }
  return {
    commands: answered(),
    async subscribe(interest, onMessage) {
      const channel = new Channel<LiveMessage>();
      channel.onmessage = onMessage;
      const id = await commands.subscribe(interest, channel);
      return () => {
        channel.onmessage = () => undefined;
        void commands.unsubscribe(id);
      };
    },
    onNavigate: (go) => listen<string>(appEvents.navigate, (event) => go(event.payload)),
    onSessionChanged: (reread) => listen(appEvents.sessionChanged, reread),
    onWatchesChanged: (reread) => listen(appEvents.watchesChanged, reread),
    onCommandSettled: (tell) => listen<SettledCommand>(appEvents.commandSettled, (event) => tell(event.payload)),
  };
}

/** Rust refuses by rejecting with an [`IpcError`]; anything else that is thrown is a fault and stays one. */
function answered(): Commands {
  const wrapped = Object.entries(commands).map(([name, call]) => [
    name,
    async (...input: unknown[]): Promise<Answer<unknown>> => {
      try {
        return { status: "ok", data: await (call as (...input: unknown[]) => Promise<unknown>)(...input) };
      } catch (error) {
        if (isIpcError(error)) return { status: "error", error };
        throw error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Commands;
}

function isIpcError(error: unknown): error is IpcError {
  return typeof error === "object" && error !== null && !(error instanceof Error) && "type" in error && "message" in error;
}
