// Runs the end-to-end tests: `node e2e/run.mjs [part of a spec's name]`. `cargo xtask test e2e` brings up all that they need.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
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
const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
process.exit(status ?? 1);
