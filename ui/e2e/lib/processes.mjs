// What the system tells of processes.

import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** The program that a process runs, also when it was built anew since. */
export const programOf = (pid) => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");

/** The words that a process was started with, without the program. */
export const wordsOf = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(1, -1);

/** The environment that a process was started with. */
export function environmentOf(pid) {
  const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** Whether it still runs, or is frozen; one that has ended and was not taken note of does not. */
export function isAlive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Sends a signal; to one that has ended meanwhile nothing. */
export function tell(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** The process ids of a process and everything below it. */
export function family(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const members = [pid];
  for (const member of members) for (const [child, parent] of parents) if (parent === member) members.push(child);
  return members;
}
