// Looks for secrets where none may be: in everything that the windows of a run left behind.

import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Tokens of the API begin with a word that can be looked for (`crates/server/src/auth/tokens.rs`). */
const TOKEN = /rp[strf]_[A-Za-z0-9_-]{20,}/;
const EVIDENCE = "evidence";

/** A password or token of this run, to be looked for when it has ended. */
export function knowSecret(secret) {
  const file = process.env.REPRUV_E2E_SECRETS;
  if (file !== undefined && secret.length >= 8) appendFileSync(file, `${secret}\n`);
}

/** Keeps what only a living window can tell beside what it writes by itself: its page, and the words and variables of its processes. */
export async function keepEvidence(window, pids) {
  if (process.env.REPRUV_E2E_SECRETS === undefined) return;
  const folder = join(window.home, EVIDENCE);
  mkdirSync(folder, { recursive: true });
  const number = readdirSync(folder).length;
  const about = pids.map((pid) => ["cmdline", "environ"].map((what) => read(`/proc/${pid}/${what}`).replaceAll("\0", "\n")).join("\n"));
  writeFileSync(join(folder, `${number}-processes.txt`), about.join("\n\n"));
  const late = new Promise((resolve) => setTimeout(resolve, 1_000, null));
  const page = await Promise.race([window.run(snapshot).catch(() => null), late]);
  writeFileSync(join(folder, `${number}-page.html`), page ?? "the page did not answer");
}

/** Runs in the page: its elements with what stands in its fields, and all that it may store. */
function snapshot() {
  const fields = [...document.querySelectorAll("input, textarea")].filter((field) => field.type !== "password").map((field) => field.value);
  return [document.documentElement.outerHTML, ...fields, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie, location.href].join("\n");
}

/** Every place below `folder` that holds a secret: which file, and which kind of secret, never the secret itself. */
export function sweep(folder, secretsFile) {
  const secrets = existsSync(secretsFile) ? [...new Set(readFileSync(secretsFile, "utf8").split("\n").filter(Boolean))] : [];
  const hits = [];
  let files = 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(file, "latin1");
    files += 1;
    bytes += text.length;
    const where = relative(folder, file);
    if (TOKEN.test(text)) hits.push(`${where}: a token`);
    for (const [at, secret] of secrets.entries()) if (text.includes(secret)) hits.push(`${where}: secret ${at + 1}`);
  }
  return { hits, files, bytes, secrets: secrets.length };
}

function read(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
