// Runs the end-to-end tests: `node e2e/run.mjs [part of a spec's name]`. `cargo xtask test e2e` brings up all that they need.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alone } from "./lib/alone.mjs";

if (!existsSync(process.env.REPRUV_E2E_BIN ?? "")) {
  console.error("REPRUV_E2E_BIN names no window: run `cargo xtask test e2e`");
  process.exit(1);
}
alone(import.meta.filename);

const folder = join(import.meta.dirname, "specs");
const wanted = process.argv[2] ?? "";
const specs = readdirSync(folder).filter((name) => name.endsWith(".mjs") && name.includes(wanted)).sort();
if (specs.length === 0) {
  console.error(`No spec is called "${wanted}"`);
  process.exit(1);
}
const words = ["--test", "--test-concurrency=1", "--test-timeout=180000", "--test-reporter=spec", ...specs.map((name) => join(folder, name))];
// What a test starts in the place of something it killed serves the tests after it, each in a process of its own.
const started = join(mkdtempSync(join(tmpdir(), "repruv-ops-started-")), "pids");
writeFileSync(started, "");
const { status } = spawnSync(process.execPath, words, { stdio: "inherit", env: { ...process.env, REPRUV_E2E_STARTED: started } });
for (const pid of readFileSync(started, "utf8").split("\n").filter(Boolean)) {
  try {
    process.kill(Number(pid));
  } catch {
    // It has ended by itself.
  }
}
process.exit(status ?? 1);
