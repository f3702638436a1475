// Runs the end-to-end tests: `node e2e/run.mjs [part of a spec's name]`. `cargo xtask test e2e` brings up all that they need.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alone } from "./lib/alone.mjs";
import { sweep } from "./lib/sweep.mjs";

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
const run = mkdtempSync(join(tmpdir(), "repruv-ops-run-"));
const [started, secrets, homes] = ["pids", "secrets", "homes"].map((name) => join(run, name));
writeFileSync(started, "");
mkdirSync(homes);
const env = { ...process.env, REPRUV_E2E_STARTED: started, REPRUV_E2E_SECRETS: secrets, REPRUV_E2E_HOMES: homes };
const { status } = spawnSync(process.execPath, words, { stdio: "inherit", env });
for (const pid of readFileSync(started, "utf8").split("\n").filter(Boolean)) {
  try {
    process.kill(Number(pid));
  } catch {
    // It has ended by itself.
  }
}
// Every window of the run has left its files, its page and what its processes were started with.
const swept = sweep(homes, secrets);
console.log(`Swept ${swept.files} files (${(swept.bytes / 1_048_576).toFixed(1)} MiB) of all windows for tokens and ${swept.secrets} known secrets: ${swept.hits.length} hits`);
for (const hit of swept.hits) console.error(`  ${hit}`);
rmSync(run, { recursive: true, force: true });
process.exit(swept.hits.length > 0 ? 1 : (status ?? 1));
