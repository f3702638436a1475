// Runs the end-to-end tests: `node e2e/run.mjs [parts of specs' names, with commas between]`. `cargo xtask test e2e` brings up
// all that they need.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alone } from "./lib/alone.mjs";
import { runSpecs } from "./lib/specs.mjs";
import { sweep } from "./lib/sweep.mjs";

if (!existsSync(process.env.REPRUV_E2E_BIN ?? "")) {
  console.error("REPRUV_E2E_BIN names no window: run `cargo xtask test e2e`");
  process.exit(1);
}
alone(import.meta.filename);

const folder = join(import.meta.dirname, "specs");
const wanted = (process.argv[2] ?? "").split(",");
const specs = readdirSync(folder).filter((name) => name.endsWith(".mjs") && wanted.some((part) => name.includes(part))).sort();
if (specs.length === 0) {
  console.error(`No spec is called "${wanted.join('" or "')}"`);
  process.exit(1);
}
const run = mkdtempSync(join(tmpdir(), "repruv-ops-run-"));
const [started, secrets, homes] = ["started", "secrets", "homes"].map((name) => join(run, name));
writeFileSync(started, "");
mkdirSync(homes);
Object.assign(process.env, { REPRUV_E2E_STARTED: started, REPRUV_E2E_SECRETS: secrets, REPRUV_E2E_HOMES: homes });
// Only now: what it brings along reads them.
const { openWorkspace } = await import("./lib/workspace.mjs");
const workspace = await openWorkspace();
const failed = await runSpecs(
  specs.map((name) => join(folder, name)),
  (spoiled) => workspace.putInOrder(spoiled),
);
workspace.end();
// Every window of the run has left its files, its page and what its processes were started with.
const swept = sweep(homes, secrets);
console.log(`Swept ${swept.files} files (${(swept.bytes / 1_048_576).toFixed(1)} MiB) of all windows for tokens and ${swept.secrets} known secrets: ${swept.hits.length} hits`);
for (const hit of swept.hits) console.error(`  ${hit}`);
rmSync(run, { recursive: true, force: true });
process.exit(swept.hits.length > 0 || failed > 0 ? 1 : 0);
