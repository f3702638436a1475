import { Channel, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { commands } from "../generated/commands";
import type { LiveMessage } from "../generated/commands";
import { read } from "../lib/failure";
import type { Ipc } from "./ipc";

/** The real thing. */
export function tauriIpc(): Ipc {
  if (!isTauri()) {
    throw new Error("This page works inside the Repruv Ops window. To look at it in a browser, open it with ?fixture in development.");
  }
  return {
    commands,
    async subscribe(interest, onMessage) {
      const channel = new Channel<LiveMessage>();
      channel.onmessage = onMessage;
      const id = await read(commands.subscribe(interest, channel));
      return () => {
        channel.onmessage = () => undefined;
        void commands.unsubscribe(id);
      };
    },
    onNavigate: (go) => listen<string>("navigate", (event) => go(event.payload)),
  };
}
