// A real notification daemon on the session's bus, as a desktop would have.

import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { until } from "./until.mjs";

const control = (...words) => spawnSync("dunstctl", words, { encoding: "utf8", timeout: 20_000 }).stdout.trim();

/** Starts it; `told` grows by what it is asked to show. */
export async function openNotifications() {
  const daemon = spawn("dunst", ["-print", "-conf", "/dev/null"], { stdio: ["ignore", "pipe", "ignore"] });
  process.once("exit", () => daemon.kill("SIGKILL"));
  const lines = [];
  createInterface({ input: daemon.stdout }).on("line", (line) => lines.push(line));
  await until("the notification daemon answers", () => control("is-paused") === "false");
  /** All that was asked to be shown so far, as its text. */
  const told = () => lines.join("\n");
  return {
    told,
    count: () => told().split(/^\s*summary:/m).length - 1,
    says: (words) => until(`a notification says "${words}"`, () => told().includes(words)).catch((error) => Promise.reject(new Error(`${error.message}\n${told()}`))),
    /** Presses the one on the screen. */
    press: () => control("action", "0"),
    clear: () => control("close-all"),
    close: () => daemon.kill(),
  };
}
