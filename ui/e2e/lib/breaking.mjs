// The workspace's own programs ended, frozen and started again, as crashes and administrators do.

import { spawn } from "node:child_process";
import { readlinkSync, statSync } from "node:fs";
import { asOwner } from "./database.mjs";
import { environmentOf, family, isAlive, programOf, tell, wordsOf } from "./processes.mjs";
import { stack } from "./stack.mjs";
import { pidOf, started } from "./started.mjs";
import { until } from "./until.mjs";

const worker = () => pidOf("worker", stack.pids.worker);
const postgres = () => pidOf("postgres", stack.pids.postgres);

/** How the worker of now was started. */
export function howWorks() {
  const pid = worker();
  return { program: programOf(pid), words: wordsOf(pid), environment: { ...environmentOf(pid), LISTEN: "127.0.0.1:0" } };
}

function start({ program, words, environment }) {
  // A session of its own: it serves the specs after this one, too, and `run.mjs` ends it.
  const next = spawn(program, words, { env: environment, stdio: "ignore", detached: true });
  started("worker", next.pid);
  next.unref();
}

async function end(pid) {
  // One that is frozen ends by this as well.
  tell(pid, "SIGKILL");
  await until("the worker has ended", () => !isAlive(pid));
}

/** Kills the worker as a crash would; answers what starts another one in its place, once. */
export async function killWorker() {
  const usual = howWorks();
  await end(worker());
  let done = false;
  return () => {
    if (!done) start(usual);
    done = true;
  };
}

/** Puts one with more words and other variables in the worker's place; answers what puts one as before there. */
export async function replaceWorker({ words = [], environment = {} }) {
  const usual = howWorks();
  await end(worker());
  start({ ...usual, words: [...usual.words, ...words], environment: { ...usual.environment, ...environment } });
  return async () => {
    await end(worker());
    start(usual);
  };
}

/** Starts another worker beside the one there is; answers what ends it. */
export async function addWorker() {
  const usual = howWorks();
  const next = spawn(usual.program, usual.words, { env: usual.environment, stdio: "ignore" });
  process.once("exit", () => tell(next.pid, "SIGKILL"));
  return () => {
    tell(next.pid, "SIGTERM");
    return until("the other worker has ended", () => !isAlive(next.pid), 60_000);
  };
}

/** Sees to it that a worker as `usual` is at work, whatever a spec left. */
export async function haveWorker(usual) {
  const pid = worker();
  if (isAlive(pid)) {
    tell(pid, "SIGCONT");
    const now = howWorks();
    if (now.words.join("\0") === usual.words.join("\0") && now.environment.DEMO_SERVICE_URL === usual.environment.DEMO_SERVICE_URL) return;
    await end(pid);
  }
  start(usual);
}

function freeze(members) {
  for (const pid of members) tell(pid, "SIGSTOP");
  return () => members.forEach((pid) => tell(pid, "SIGCONT"));
}

/** Freezes the worker, as a machine that hangs does; answers what thaws it. */
export const freezeWorker = () => freeze([worker()]);

/** Freezes the worker that has this job in hand. */
export async function freezeHolder(jobId) {
  const sql = "SELECT w.pid FROM background_jobs j JOIN worker_sessions w ON w.id = j.locked_by WHERE j.id = $1";
  const { rows } = await asOwner((client) => client.query(sql, [jobId]));
  return freeze([rows[0].pid]);
}

/**
 * Runs `work` while nobody looks for lost attempts: who does holds this lock (`crates/store/src/engine/rescue.rs`) and goes
 * away without it. Its number is the word itself, which cannot be mistyped unseen.
 */
export function withoutRescue(work) {
  const lock = BigInt(`0x${Buffer.from("rescue").toString("hex")}`);
  return asOwner(async (client) => {
    await client.query("SELECT pg_advisory_lock($1::bigint)", [lock.toString()]);
    return work();
  });
}

/** Freezes the database: connections stay open and nothing answers. Answers what thaws it. */
export const freezeDatabase = () => freeze(family(postgres()));

/** Thaws the database, if a spec left it frozen. */
export const thawDatabase = () => family(postgres()).forEach((pid) => tell(pid, "SIGCONT"));

/** Stops the database as its administrator would: open connections are cut. Answers what starts it again, where it was. */
export async function stopDatabase() {
  const pid = postgres();
  const program = programOf(pid);
  const words = wordsOf(pid);
  const environment = environmentOf(pid);
  const { uid, gid } = statSync(`/proc/${pid}`);
  const cwd = readlinkSync(`/proc/${pid}/cwd`);
  process.kill(pid, "SIGINT");
  await until("the database has ended", () => !isAlive(pid), 60_000);
  // As `cargo xtask` starts it: it refuses root, and its folder may lie below a home that only root may enter.
  const as = ["--reuid", uid, "--regid", gid, "--clear-groups", "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"];
  const [command, ...rest] = process.getuid() === uid ? [program, ...words] : ["setpriv", ...as.map(String), program, ...words];
  return () => {
    const next = spawn(command, rest, { cwd, env: environment, stdio: "ignore", detached: true });
    started("postgres", next.pid);
    next.unref();
  };
}
