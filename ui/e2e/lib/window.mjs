// The real window, driven as a person would: by what stands on it.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { remote } from "webdriverio";
import { family, isAlive, tell } from "./processes.mjs";
import { stack, stackFile } from "./stack.mjs";
import { started } from "./started.mjs";
import { keepEvidence } from "./sweep.mjs";
import { Hopeless, until } from "./until.mjs";

const binary = process.env.REPRUV_E2E_BIN ?? "";

/** A folder for what a window keeps: preferences, logs. Several windows in a row may share one. */
export function homeForWindow() {
  const home = mkdtempSync(join(process.env.REPRUV_E2E_HOMES ?? tmpdir(), "repruv-ops-e2e-"));
  // `run.mjs` looks through them all when the last test has ended.
  if (process.env.REPRUV_E2E_HOMES === undefined) process.once("exit", () => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** Preferences that know the workspace as an environment, as if the person had added it. */
export function knowEnvironment(home, { theme = "system", kind = "local", name = "Local", api_url = stack.api_url, authority = null } = {}) {
  // The keychain outlives a window: each has an environment of its own.
  keepPreferences(home, theme, [{ id: basename(home), name, kind, api_url, authority }]);
}

/** The same for several: addresses by name. */
export function knowEnvironments(home, addresses) {
  const environments = Object.entries(addresses).map(([name, api_url], at) => ({ id: `${basename(home)}-${at}`, name, kind: "local", api_url }));
  keepPreferences(home, "system", environments);
}

function keepPreferences(home, theme, environments) {
  const preferences = { schema: 1, theme, density: "normal", times: "relative", environment_id: environments[0].id, environments };
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "preferences.json"), JSON.stringify({ preferences }));
}

/**
 * Opens the window. `signIn: "itself"` uses the debug build's own way into a local stack; "keychain" leaves it to what an
 * earlier window kept, or to the person.
 */
export async function openWindow({ home = homeForWindow(), signIn = "itself", env = {}, theme = null } = {}) {
  if (theme !== null) knowEnvironment(home, { theme });
  const port = await freePort();
  const own = { ...process.env, TAURI_WEBVIEW_AUTOMATION: "true", REPRUV_OPS_DATA_DIR: home, ...env };
  if (signIn === "itself") own.REPRUV_OPS_STACK = stackFile;
  else delete own.REPRUV_OPS_STACK;
  const driver = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], { env: own, stdio: ["ignore", "ignore", "inherit"] });
  // Whoever ends this test's process early ends the window, too.
  started("window", driver.pid);
  const launched_at = Date.now();
  let browser;
  try {
    await until("WebKitWebDriver listens", () => fetch(`http://127.0.0.1:${port}/status`).then((answer) => answer.ok), 60_000, 20);
    browser = await remote({
      hostname: "127.0.0.1",
      port,
      path: "/",
      logLevel: "silent",
      connectionRetryCount: 0,
      connectionRetryTimeout: 60_000,
      capabilities: {
        "wdio:enforceWebDriverClassic": true,
        "webkitgtk:browserOptions": { binary, args: [] },
      },
    });
  } catch (error) {
    for (const pid of family(driver.pid)) tell(pid, "SIGKILL");
    throw new Error(`The window did not open: ${error.message}\n${logOf(home)}`);
  }
  return windowOver({ browser, driver, home, launched_at });
}

function windowOver({ browser, driver, home, launched_at }) {
  const run = (script, ...input) =>
    browser.execute(script, ...input).catch((error) => {
      if (isAlive(driver.pid) && !/invalid session id|no such window|ECONNREFUSED/i.test(error.message)) throw error;
      throw new Hopeless(`The window is gone: ${error.message}\n${logOf(home)}`);
    });
  const self = {
    browser,
    home,
    launched_at,
    driverPid: driver.pid,

    /** Ends the window as a crash or a closed lid would: nothing is asked. */
    async close() {
      const members = family(driver.pid);
      await keepEvidence(self, members);
      await Promise.race([browser.deleteSession().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 2_000))]);
      for (const pid of members) tell(pid, "SIGKILL");
      await until("the window has ended", () => members.every((pid) => !isAlive(pid)), 30_000);
    },

    run,

    /** All the text on the page. */
    text: () => run(() => document.body.innerText),

    sees: (words, within_ms) =>
      until(`the page says "${words}"`, async () => (await self.text()).includes(words), within_ms).catch((error) => self.explain(error)),

    seesNot: (words, within_ms) =>
      until(`the page no longer says "${words}"`, async () => !(await self.text()).includes(words), within_ms).catch((error) => self.explain(error)),

    async explain(error) {
      if (error instanceof Hopeless || error.code === "ERR_ASSERTION") throw error;
      const text = await self.text().catch(() => "(the page cannot be read)");
      throw new Error(`${error.message}\n--- the page ---\n${text.slice(0, 3_000)}\n--- the log ---\n${logOf(home)}`);
    },

    /** The visible element with this role's selector whose name is, or begins with, `name`. */
    find: (selector, name, within_ms) =>
      until(
        `${selector} called "${name}"`,
        async () => {
          const id = await run(findNamed, selector, name);
          return id === null ? null : browser.$(`[data-e2e="${id}"]`);
        },
        within_ms,
      ).catch((error) => self.explain(error)),

    /** Nothing visible with this role's selector is called so, or begins with it, any more. */
    findNot: (selector, name, within_ms) =>
      until(`no ${selector} called "${name}"`, async () => (await run(findNamed, selector, name)) === null, within_ms).catch(
        (error) => self.explain(error),
      ),

    async press(name, within_ms) {
      await until(
        `"${name}" can be pressed`,
        async () => {
          const element = await self.find("button, [role=button], [role=radio], [role=tab], [role=menuitem], [role=option], label", name, 0);
          if ((await element.getAttribute("aria-disabled")) === "true" || (await element.getAttribute("disabled")) !== null) return null;
          // A press goes to a place on the screen: what still moves, because a banner comes or goes above it, would be missed.
          if ((await run(isAtRest, await element.getAttribute("data-e2e"))) !== true) return null;
          await element.click();
          // It can move between that look and the click all the same; then nothing has happened to it.
          return (await run(() => window.e2eMissed?.isConnected)) === true ? null : true;
        },
        within_ms,
      ).catch((error) => self.explain(error));
    },

    async open(place) {
      await (await self.find("nav a", place)).click();
      await self.find("h1, h2", place);
    },

    async fill(label, text) {
      const field = await self.find("input, textarea", label);
      await field.click();
      await field.setValue(text);
    },

    /** Picks an option of a list: a closed one shows none of them, so it is set as the platform's own list would set it. */
    choose: (label, option) =>
      until(`"${label}" offers "${option}"`, async () => {
        const list = await self.find("select", label);
        return run(pick, await list.getAttribute("data-e2e"), option);
      }).catch((error) => self.explain(error)),

    go: (path) => run((to) => void (location.hash = to), `#${path}`),

    keys: (...keys) => browser.keys(keys),

    /** What the content security policy refused so far; listening starts with the first call. */
    violations: () =>
      run(() => {
        if (window.__violations === undefined) {
          window.__violations = [];
          document.addEventListener("securitypolicyviolation", (event) => window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
        }
        return window.__violations;
      }),

    /** A picture of the window. */
    async picture(file) {
      // The driver takes one with the page's next frame, and waits for ever where nothing on it moves.
      await run(stir);
      try {
        writeFileSync(file, Buffer.from(await browser.takeScreenshot(), "base64"));
      } finally {
        await run(() => window.e2eStirring?.());
      }
    },

    /** A picture for people who want to see what the tests see: REPRUV_E2E_PICTURES names the folder. */
    async look(name) {
      const folder = process.env.REPRUV_E2E_PICTURES;
      if (folder !== undefined) await self.picture(join(folder, `${name}.png`));
    },
  };
  return self;
}

/** Runs in the page: something that nobody sees moves, until told to stop. */
function stir() {
  const mote = document.body.appendChild(document.createElement("i"));
  mote.setAttribute("aria-hidden", "true");
  mote.style.cssText = "position: fixed; bottom: 0; inline-size: 1px; block-size: 1px; opacity: 0.01; background: gray; pointer-events: none";
  const timer = setInterval(() => (mote.style.left = mote.style.left === "0px" ? "1px" : "0px"), 40);
  window.e2eStirring = () => [clearInterval(timer), mote.remove()];
}

/** Runs in the page: marks the first visible match and answers its mark. Names are compared as a screen reader says them. */
function findNamed(selector, name) {
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by !== null) return by.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const label = element.labels?.[0]?.textContent;
    return element.getAttribute("aria-label") ?? label ?? element.innerText ?? element.textContent ?? "";
  };
  const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const tidy = (text) => text.replace(/\s+/g, " ").trim();
  const all = [...document.querySelectorAll(selector)].filter(seen).map((element) => [element, tidy(nameOf(element))]);
  // What lies on top comes last in the page: a dialog's own button before one beneath it.
  all.reverse();
  const [found] = all.find(([, called]) => called === name) ?? all.find(([, called]) => called.startsWith(name)) ?? [null];
  if (found === null) return null;
  found.dataset.e2e ??= Math.random().toString(36).slice(2);
  return found.dataset.e2e;
}

/** Runs in the page: picks the option whose words begin so; answers whether there is one. */
function pick(id, words) {
  const list = document.querySelector(`[data-e2e="${id}"]`);
  const option = [...list.options].find(({ label }) => label.startsWith(words));
  if (option === undefined) return false;
  list.value = option.value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

/** Whether an element stays where it is for three frames; from then on it counts as missed until it is pressed. */
function isAtRest(id) {
  const element = document.querySelector(`[data-e2e="${id}"]`);
  if (element === null) return false;
  window.e2eMissed = element;
  for (const kind of ["pointerdown", "mousedown", "click"]) element.addEventListener(kind, () => (window.e2eMissed = null), { capture: true, once: true });
  const { x, y, width, height } = element.getBoundingClientRect();
  const place = [x, y, width, height].join();
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  return frame().then(frame).then(frame).then(() => {
    const now = element.getBoundingClientRect();
    return element.isConnected && [now.x, now.y, now.width, now.height].join() === place;
  });
}

/** The last `length` characters of a window's log. */
export function logOf(home, length = 3_000) {
  try {
    const folder = join(home, "logs");
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")).join("");
    return text.slice(-length);
  } catch {
    return "(no log)";
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
