// The workspace that the tests run against: its addresses, its processes, and its customers as their own clients see it.

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { environmentOf, programOf } from "./processes.mjs";
import { until } from "./until.mjs";

export const stackFile = process.env.REPRUV_E2E_STACK ?? fail("REPRUV_E2E_STACK names no stack.json: run `cargo xtask test e2e`");
export const stack = JSON.parse(readFileSync(stackFile, "utf8"));

/** The password of every seeded customer. */
const CUSTOMER_PASSWORD = "customer-demo-password";

function fail(message) {
  throw new Error(message);
}

async function call(path, { method = "GET", token, body, headers = {} } = {}) {
  const answer = await fetch(`${stack.api_url}/api/v1/${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

async function good(path, options) {
  const { status, body } = await call(path, options);
  if (status >= 300) throw new Error(`${options?.method ?? "GET"} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** A seeded customer, signed in with a client of their own. */
export async function customer(name, agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0") {
  const email = `${name}@repruv.test`;
  const signedIn = await good("auth/login", { method: "POST", body: { email, password: CUSTOMER_PASSWORD }, headers: { "user-agent": agent } });
  const token = signedIn.tokens.access_token;
  const self = {
    email,
    id: signedIn.session.user_id,
    sessionId: signedIn.session.session_id,
    status: () => good("demo/status", { token }),
    enable: (preset = "rising_creator") => good("demo/enable", { method: "POST", token, body: { profile: { preset, profile_type: null, niche: null }, run_at: null } }),
    disable: () => good("demo/disable", { method: "POST", token, body: {} }),
    dismiss: () => good("demo/dismiss", { method: "POST", token, body: {} }),
    /** The HTTP status that the API answers to this client's token. */
    knock: async () => (await call("auth/session", { token })).status,
    reaches: (status, within_ms = 30_000) =>
      until(`${name} is ${status}`, async () => ((await self.status()).status === status ? true : null), within_ms),
    /** Back to `disabled`, whatever an earlier test left. */
    reset: async () => {
      await until(`${name} is at rest`, async () => (["enabling", "disabling"].includes((await self.status()).status) ? null : true), 60_000);
      const { status, profile_id } = await self.status();
      if (status === "enabled" || (status === "failed" && profile_id !== null)) await self.disable();
      else if (status === "failed") await self.dismiss();
      await self.reaches("disabled", 60_000);
      return self;
    },
  };
  return self;
}

let staffToken = null;

/** As the staff person, without the window. */
export async function asStaff(path, body, { version, key = randomUUID() } = {}) {
  staffToken ??= (await good("staff/auth/login", { method: "POST", body: stack.staff })).tokens.access_token;
  return call(`staff/${path}`, {
    method: "POST",
    token: staffToken,
    body,
    headers: { "idempotency-key": key, ...(version === undefined ? {} : { "if-match": `"${version}"` }) },
  });
}

/** Turns the simulator's dials; answers what turns them back. */
export async function turnDials(change) {
  const url = `${stack.simulator_url}/dials`;
  const before = await (await fetch(url)).json();
  const put = async (dials) => {
    const answer = await fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(dials) });
    if (!answer.ok) throw new Error(`the dials were refused: ${answer.status} ${await answer.text()}`);
  };
  await put({ ...before, ...change });
  return () => put(before);
}

const wordsOf = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(1, -1);

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

/** Freezes the database: connections stay open and nothing answers. Answers what thaws it. */
export function freezeDatabase() {
  const members = family(stack.pids.postgres);
  for (const pid of members) process.kill(pid, "SIGSTOP");
  return () => {
    for (const pid of members) {
      try {
        process.kill(pid, "SIGCONT");
      } catch {
        // A backend that ended while it was frozen.
      }
    }
  };
}

let workerPid = stack.pids.worker;

/** Kills the worker as a crash would; answers what starts another one in its place. */
export function killWorker() {
  const words = wordsOf(workerPid);
  const environment = environmentOf(workerPid);
  const program = programOf(workerPid);
  process.kill(workerPid, "SIGKILL");
  return () => {
    const next = spawn(program, words, { env: { ...environment, LISTEN: "127.0.0.1:0" }, stdio: "ignore", detached: true });
    workerPid = next.pid;
    // `run.mjs` ends it.
    appendFileSync(process.env.REPRUV_E2E_STARTED, `${next.pid}\n`);
    next.unref();
  };
}

/** Stops the database as its administrator would: open connections are cut. Answers what starts it again, where it was. */
export async function stopDatabase() {
  const pid = stack.pids.postgres;
  const program = programOf(pid);
  const words = wordsOf(pid);
  const environment = environmentOf(pid);
  const { uid, gid } = statSync(`/proc/${pid}`);
  const { cwd } = { cwd: readlinkSync(`/proc/${pid}/cwd`) };
  process.kill(pid, "SIGINT");
  await until("the database has ended", () => !existsSync(`/proc/${pid}`), 20_000);
  // As `cargo xtask` starts it: it refuses root, and its folder may lie below a home that only root may enter.
  const as = ["--reuid", uid, "--regid", gid, "--clear-groups", "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"];
  const [command, ...rest] = process.getuid() === uid ? [program, ...words] : ["setpriv", ...as.map(String), program, ...words];
  return () => {
    const next = spawn(command, rest, { cwd, env: environment, stdio: "ignore", detached: true });
    stack.pids.postgres = next.pid;
    next.unref();
  };
}
