import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./app/tokens.css";
import "./app/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { CannotStart } from "./app/CannotStart";
import type { Ipc } from "./ipc/ipc";
import { tauriIpc } from "./ipc/tauri-ipc";
import { read } from "./lib/failure";
import { setFreshness } from "./lib/freshness";

async function chooseIpc(): Promise<Ipc> {
  // Constant in a production build, so that nothing of the demonstration is in it.
  if (import.meta.env.DEV) {
    const { fixtureState } = await import("./ipc/fixture/fixture-state");
    const state = fixtureState();
    if (state !== null) return (await import("./ipc/fixture/fixture-ipc")).fixtureIpc(state);
  }
  return tauriIpc();
}

async function start(): Promise<void> {
  const place = document.getElementById("root");
  if (place === null) return;
  const root = createRoot(place);
  try {
    const ipc = await chooseIpc();
    // The window is still hidden: everything for the first screen comes with this one answer.
    const bootstrap = await read(ipc.commands.bootstrap());
    setFreshness(bootstrap.freshness);
    root.render(
      <StrictMode>
        <App ipc={ipc} bootstrap={bootstrap} />
      </StrictMode>,
    );
  } catch (error) {
    root.render(<CannotStart error={error} />);
  }
}

void start();
