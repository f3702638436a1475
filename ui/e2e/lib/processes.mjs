// What the system tells of processes.

import { readFileSync, readlinkSync } from "node:fs";

/** The program that a process runs, also when it was built anew since. */
export const programOf = (pid) => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");

/** The environment that a process was started with. */
export function environmentOf(pid) {
  const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}
