import "./lib/safe-locale";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./app/tokens.css";
import "./app/base.css";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { App } from "./app/App";
import { CannotStart } from "./app/CannotStart";
import { openPlace } from "./app/place";
import type { Ipc } from "./ipc/ipc";
import { tauriIpc } from "./ipc/tauri-ipc";
import { read } from "./lib/failure";

/** Longer than fonts take from the window's own files; the window is not kept waiting for them. */
const FONTS_MS = 150;

async function chooseIpc(): Promise<Ipc> {
  // Constant in a production build, so that nothing of the demonstration is in it.
  if (import.meta.env.DEV) {
    const { fixtureState } = await import("./ipc/fixture/fixture-state");
    const state = fixtureState();
    if (state !== null) return (await import("./ipc/fixture/fixture-ipc")).fixtureIpc(state);
  }
  return tauriIpc();
}

/** The window is hidden until the page says that it is whole: everything for the first screen is read before. */
async function start(ipc: Ipc): Promise<ReactNode> {
  const bootstrap = await read(ipc.commands.bootstrap());
  const firstPlace = await openPlace(ipc, bootstrap);
  return <App ipc={ipc} bootstrap={bootstrap} firstPlace={firstPlace} />;
}

async function main(): Promise<void> {
  const place = document.getElementById("root");
  if (place === null) return;
  const root = createRoot(place);
  const show = (content: ReactNode) => flushSync(() => root.render(<StrictMode>{content}</StrictMode>));
  let ipc: Ipc | null = null;
  try {
    ipc = await chooseIpc();
    show(await start(ipc));
  } catch (error) {
    show(<CannotStart error={error} />);
  }
  await Promise.race([document.fonts.ready, new Promise((resolve) => setTimeout(resolve, FONTS_MS))]);
  // No animation frame is waited for: a hidden window may not get any.
  await ipc?.commands.windowReady();
}

void main();
