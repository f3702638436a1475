// Figures from the real window, as JSON on stdout: `node e2e/bench.mjs live`, `start` or `trouble`.

import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { alone } from "./lib/alone.mjs";
import { percentile, pss_mib } from "./lib/figures.mjs";
import { family } from "./lib/processes.mjs";
import { customer, stack } from "./lib/stack.mjs";
import { trouble } from "./lib/trouble-figures.mjs";
import { until } from "./lib/until.mjs";
import { homeForWindow, knowEnvironment, logOf, openWindow } from "./lib/window.mjs";

// Spaced by 0.4 to 0.9 s: a busier table shows changes together, ten times a second, which adds up to 100 ms.
const SAMPLES = 50;
const STARTS = 7;

alone(import.meta.filename);
const benches = { live, start, trouble: () => trouble(timesOfRows) };
const bench = benches[process.argv[2]];
if (bench === undefined) {
  console.error("Say which: live, start or trouble");
  process.exit(1);
}
console.log(JSON.stringify(await bench(), null, 2));
process.exit(0);

async function signedIn(home, env = {}) {
  const window = await openWindow({ home, signIn: "keychain", env });
  const first = await until("the first screen", async () => {
    const text = await window.text();
    return ["live · ", "Sign in to Repruv Ops"].find((words) => text.includes(words));
  });
  if (first !== "live · ") {
    await window.fill("E-mail", stack.staff.email);
    await window.fill("Password", stack.staff.password);
    await window.press("Sign in");
    await window.sees("live · ");
  }
  return window;
}

/** From the API's answer (the commit lies before it) to the frame that shows the row. */
async function live() {
  const home = homeForWindow();
  knowEnvironment(home);
  const push = await measure(home, {});
  const poll = await measure(home, { REPRUV_OPS_PUSH: "off" });
  return { push, poll, bars: { push_p95_ms: 150, poll_p95_ms: 1_300 } };
}

async function measure(home, env) {
  const window = await signedIn(home, env);
  const times = await timesOfRows(window, SAMPLES);
  await window.close();
  return times;
}

async function timesOfRows(window, samples) {
  const names = ["ana", "ben", "chloe", "dmitri", "elif", "farah", "grzegorz", "hana", "ines", "jonas", "keiko", "luca"];
  const customers = await Promise.all(names.map((name) => customer(name)));
  await window.open("Jobs");
  await window.find("[role=grid]", "Jobs");
  await window.run(watchRows);
  const answered = new Map();
  for (let at = 0; answered.size < samples; at += 1) {
    const one = customers[at % customers.length];
    const { status } = await one.status();
    if (status === "disabled" || status === "enabled") {
      const { job_id } = await (status === "disabled" ? one.enable() : one.disable());
      answered.set(job_id, Date.now());
    } else if (status === "failed") await one.reset();
    await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 500));
  }
  const seen = await until("every job is on the screen", async () => {
    const seen = new Map(await window.run(() => [...window.__seen]));
    return [...answered.keys()].every((id) => seen.has(id)) ? seen : null;
  }).catch((error) => window.explain(error));
  const took = [...answered].map(([id, at]) => Math.max(0, seen.get(id) - at));
  return { samples: took.length, p50_ms: percentile(took, 0.5), p95_ms: percentile(took, 0.95), max_ms: percentile(took, 1) };
}

/** Runs in the page: when each row was first painted, on the clock that the test reads too. */
function watchRows() {
  window.__seen = new Map();
  const look = () => {
    const fresh = [...document.querySelectorAll("[role=row][data-id]")].map((row) => row.dataset.id).filter((id) => !window.__seen.has(id));
    // The frame after the one in which the row stands there: by then it is painted.
    if (fresh.length > 0) requestAnimationFrame(() => fresh.forEach((id) => window.__seen.has(id) || window.__seen.set(id, performance.timeOrigin + performance.now())));
    requestAnimationFrame(look);
  };
  look();
}

/** From the launch of the program to the window shown with its first screen complete; signed in by the keychain. */
async function start() {
  const home = homeForWindow();
  knowEnvironment(home);
  await (await signedIn(home)).close();
  const shown_ms = [];
  let memory_mib = 0;
  for (let run = 0; run < STARTS; run += 1) {
    const before = logOf(home, Infinity).length;
    const launched_at = Date.now();
    const program = spawn(process.env.REPRUV_E2E_BIN, [], { env: { ...process.env, REPRUV_OPS_DATA_DIR: home }, stdio: "ignore" });
    const line = await until("the window is shown", () => logOf(home, Infinity).slice(before).match(/^(\S+) .*The window is shown/m), 20_000, 20);
    const log = logOf(home, Infinity).slice(before);
    if (!log.includes("The first screen is complete")) throw new Error(`The first screen was not complete:\n${log}`);
    shown_ms.push(Date.parse(line[1]) - launched_at);
    if (run === STARTS - 1) {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      memory_mib = family(program.pid).reduce((sum, pid) => sum + pss_mib(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")), 0);
    }
    program.kill("SIGTERM");
    await new Promise((resolve) => program.once("exit", resolve));
  }
  return {
    samples: shown_ms.length,
    first_content_p50_ms: percentile(shown_ms, 0.5),
    first_content_max_ms: percentile(shown_ms, 1),
    memory_pss_mib: Math.round(memory_mib),
    binary_mib: Math.round((statSync(process.env.REPRUV_E2E_BIN).size / 1024 ** 2) * 10) / 10,
    bars: { first_content_ms: 1_500, memory_pss_mib: 350 },
  };
}
