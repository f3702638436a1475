// A real notification daemon on the session's bus, as a desktop would have.

import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { until } from "./until.mjs";

const control = (...words) => spawnSync("dunstctl", words, { encoding: "utf8", timeout: 20_000 }).stdout.trim();

/** Who shows notifications. It is asked of the bus: a question to whoever shows them would have the bus start another daemon. */
function owner() {
  const question = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.Notifications"];
  const { stdout } = spawnSync("dbus-send", question, { encoding: "utf8", timeout: 20_000 });
  return Number(/uint32 (\d+)/.exec(stdout)?.[1]);
}

/** Starts it; `told` grows by what it is asked to show. */
export async function openNotifications() {
  // On this run's own bus there is nobody but one whom the bus itself started, for a window that had something to say.
  await until("nobody else shows notifications", () => {
    const other = owner();
    if (other) process.kill(other);
    return !other;
  });
  const daemon = spawn("dunst", ["-print", "-conf", "/dev/null"], { stdio: ["ignore", "pipe", "ignore"] });
  process.once("exit", () => daemon.kill("SIGKILL"));
  const lines = [];
  createInterface({ input: daemon.stdout }).on("line", (line) => lines.push(line));
  await until("the notification daemon has its name on the bus", () => owner() === daemon.pid);
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
