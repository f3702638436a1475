// An API server of a test's own, on the workspace's database, and people of the staff of its own.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { environmentOf, programOf } from "./processes.mjs";
import { stack } from "./stack.mjs";

/** Starts the server as the workspace's own runs, but for `env`. */
export async function openServer(env) {
  const child = spawn(programOf(stack.pids.server), ["serve"], {
    env: { ...environmentOf(stack.pids.server), LISTEN: "127.0.0.1:0", ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    const { listening } = JSON.parse(line);
    return { address: listening, url: `http://${listening}`, close: () => child.kill("SIGKILL") };
  }
  throw new Error("the test's own server did not start");
}

function staff(words, input = "") {
  const env = { ...process.env, DATABASE_URL: stack.database_url_owner };
  const { status, stderr } = spawnSync(programOf(stack.pids.server), ["staff", ...words], { env, input, encoding: "utf8" });
  if (status !== 0) throw new Error(`staff ${words.join(" ")}: ${stderr}`);
}

/** A new person of the staff, whose access can be ended. */
export function hire(name, role = "support") {
  const email = `${name}-${randomBytes(4).toString("hex")}@repruv.test`;
  const password = randomBytes(12).toString("hex");
  staff(["add", "--email", email, "--name", name, "--role", role, "--password-stdin"], password);
  return { email, password, disable: () => staff(["disable", "--email", email]) };
}
