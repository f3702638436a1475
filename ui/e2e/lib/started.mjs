// What tests started. Each spec is a process of its own: what one starts in the place of something that it ended serves the
// specs after it, so who is who stands in a file of the run.

import { appendFileSync, readFileSync } from "node:fs";

const file = process.env.REPRUV_E2E_STARTED;
const own = [];

/** Notes that this process is now the `role` of the run: worker, postgres, window. */
export function started(role, pid) {
  own.push({ role, pid });
  if (file !== undefined) appendFileSync(file, `${role} ${pid}\n`);
}

/** All that was started so far, in this order. */
export function allStarted() {
  if (file === undefined) return own;
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => line.split(" ")).map(([role, pid]) => ({ role, pid: Number(pid) }));
}

/** Who has this role now; `first` is who had it before any test. */
export const pidOf = (role, first) => allStarted().findLast((one) => one.role === role)?.pid ?? first;
