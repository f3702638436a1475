// A session bus and a real Secret Service of a test's own, which the test may lock, tamper with and end.

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "./until.mjs";

const SERVICE = "org.freedesktop.secrets";
const PROMPTER = "org.gnome.keyring.SystemPrompter";
const COLLECTION = "/org/freedesktop/secrets/collection/login";

/** A bus with an unlocked keychain on it. `env` is what a window needs to use them. */
export async function openKeychain() {
  const home = mkdtempSync(join(tmpdir(), "repruv-ops-keys-"));
  chmodSync(home, 0o700);
  const own = { ...process.env, HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_RUNTIME_DIR: home };
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--nopidfile", "--print-address"], { env: own, stdio: ["ignore", "pipe", "ignore"] });
  process.once("exit", () => bus.kill("SIGKILL"));
  const address = await new Promise((resolve) => createInterface({ input: bus.stdout }).once("line", resolve));
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  Object.assign(own, env);

  const run = (program, words, input) => spawnSync(program, words, { env: own, input, encoding: "utf8", timeout: 20_000 });
  const call = (name, path, method, ...words) => {
    const { status, stdout, stderr } = run("gdbus", ["call", "--session", "--dest", name, "--object-path", path, "--method", method, ...words]);
    if (status !== 0) throw new Error(`${method}: ${stderr}`);
    return stdout.trim();
  };
  const onBus = (method, name) => call("org.freedesktop.DBus", "/", `org.freedesktop.DBus.${method}`, name);
  const property = (path, of, name) => call(SERVICE, path, "org.freedesktop.DBus.Properties.Get", `org.freedesktop.Secret.${of}`, name);
  const items = () => [...property(COLLECTION, "Collection", "Items").matchAll(/objectpath '([^']+)'|'(\/org[^']+)'/g)].map((match) => match[1] ?? match[2]);
  const attributesOf = (path) => [...property(path, "Item", "Attributes").matchAll(/'([^']+)': '([^']*)'/g)].flatMap((match) => [match[1], match[2]]);
  const processOf = (name) => Number(/uint32 (\d+)/.exec(onBus("GetConnectionUnixProcessID", name))?.[1]);

  let daemon = null;
  const start = async () => {
    const words = ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock", `--control-directory=${mkdtempSync(join(home, "control-"))}`];
    // A write beyond the limit that `fill` sets then fails, as on a full disk, instead of ending it.
    daemon = spawn("sh", ["-c", 'trap "" XFSZ; exec "$0" "$@"', ...words], {
      env: own,
      stdio: ["pipe", "ignore", "ignore"],
    });
    daemon.stdin.end("local");
    // First its name, which starts nothing: a call to the name would let the bus start a second, locked one.
    await until("the keychain has its name", () => onBus("NameHasOwner", SERVICE).includes("true"));
    await until("the keychain is unlocked", () => property(COLLECTION, "Collection", "Locked").includes("false"));
  };
  await start();
  const limitFiles = (bytes) => {
    const { status, stderr } = run("prlimit", [`--pid=${daemon.pid}`, `--fsize=${bytes}`]);
    if (status !== 0) throw new Error(`prlimit: ${stderr}`);
  };

  return {
    env,
    /** How many entries it holds. */
    count: () => items().length,
    lock: () => call(SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", `['${COLLECTION}']`),
    /** Waits for the question that asks to unlock it, and closes it without an answer. */
    async dismissQuestion() {
      await until("the keychain asks its question", () => onBus("NameHasOwner", PROMPTER).includes("true"));
      process.kill(processOf(PROMPTER));
      await until("the question is closed", () => onBus("NameHasOwner", PROMPTER).includes("false"));
    },
    /** Ends it and starts it anew, unlocked, as signing in to the machine does. */
    async restart() {
      daemon.kill();
      await until("the keychain has ended", () => onBus("NameHasOwner", SERVICE).includes("false"));
      await start();
    },
    /** It takes nothing more, as on a full disk. What it has can be read. */
    fill: () => limitFiles("16:unlimited"),
    /** It takes what it is given again. */
    makeRoom: () => limitFiles("unlimited:unlimited"),
    /** Removes all entries. */
    clear: () => items().forEach((path) => call(SERVICE, path, "org.freedesktop.Secret.Item.Delete")),
    /** All secrets that it holds. */
    secrets: () => items().map((path) => run("secret-tool", ["lookup", ...attributesOf(path)]).stdout),
    /** Puts this text in the place of every secret. */
    overwrite(text) {
      for (const path of items()) {
        const attributes = attributesOf(path);
        const { status, stderr } = run("secret-tool", ["store", "--label=edited", ...attributes], text);
        if (status !== 0) throw new Error(`secret-tool: ${stderr}`);
      }
    },
    close() {
      daemon.kill();
      bus.kill();
      // The desktop's document portal, started over this bus, has its mount here until it has ended too.
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
