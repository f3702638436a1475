// The systems that a window works on: added, tested, edited, removed; and production, which begins read-only.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { atRest, confirm, openUser, signedIn } from "../lib/scene.mjs";
import { asOwner } from "../lib/database.mjs";
import { stack } from "../lib/stack.mjs";
import { openWay } from "../lib/way.mjs";
import { until } from "../lib/until.mjs";

let window;
let plain;
let silent;

before(async () => {
  // Whoever asks may leave at once.
  plain = createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.0 200 OK\r\n\r\nno TLS here")).listen(0, "127.0.0.1");
  silent = await openWay(new URL(stack.api_url).host);
  window = await signedIn(stack.api_url);
});
after(async () => {
  await window?.close();
  plain?.close();
  silent?.down();
});

const steps = (name) => window.run((name) => [...document.querySelectorAll(`ol[aria-label="${name}"] li`)].map((step) => `${step.dataset.outcome} ${step.innerText.replace(/\s+/g, " ")}`), name);

async function testOf(name) {
  return until(`the test of ${name} ended`, async () => {
    const found = await steps(name);
    return found.length === 6 ? found : null;
  }, 60_000).catch((error) => window.explain(error));
}

test("the current environment is tested through all six steps", async () => {
  await window.open("Settings");
  await (await window.find("li button", "Test")).click();
  const found = await testOf("Test of Local");
  assert.deepEqual(found.map((step) => step.split(" ")[0]), ["skipped", "good", "skipped", "good", "good", "good"], found.join("\n"));
  assert.match(found[4], /Accepted as dana@repruv\.test/);
  await window.look("environment-test");
});

for (const [what, url, at, says] of [
  ["a name that does not exist", () => "https://api.repruv.invalid", 0, /is not known here/],
  ["a port where nothing listens", () => "http://127.0.0.1:1", 1, /Nothing listens on port 1/],
  ["something that speaks no TLS", () => `https://127.0.0.1:${plain.address().port}`, 2, /does not speak TLS|No secure connection/],
  ["something that is not the API", () => stack.simulator_url, 3, /it is not the Repruv API/],
]) {
  test(`a new environment at ${what}: the test names the step, and what to do`, async () => {
    await window.fill("Name", "Another");
    await window.fill("API address", url());
    await (await window.find('form[aria-label="Add environment"] button', "Test")).click();
    await until("the test is of this address", async () => says.test((await steps("Test of the connection")).join("\n")), 60_000).catch((error) => window.explain(error));
    const found = await testOf("Test of the connection");
    assert.equal(found.findIndex((step) => step.startsWith("bad")), at, found.join("\n"));
    assert.ok(found.slice(at + 1).every((step) => step.startsWith("skipped")), found.join("\n"));
    await window.look(`environment-test-${at}`);
  });
}

test("an environment is added, edited and removed", async () => {
  await window.fill("Name", "Spare");
  await window.fill("API address", stack.api_url);
  await window.press("Add environment");
  await window.sees("Spare");
  await (await window.find("li button", "Edit…")).click();
  await until("the form is open", () => window.run(() => document.querySelector("[role=dialog] form") !== null));
  await window.look("environment-edit");
  await (await window.find("[role=dialog] input", "Name")).setValue("Local");
  await window.press("Save");
  await window.sees("There is an environment of this name already");
  await (await window.find("[role=dialog] input", "Name")).setValue("Spare two");
  await window.press("Save");
  await window.sees("Spare two");
  await (await window.find("li button", "Remove…")).click();
  await window.press("Remove");
  await window.seesNot("Spare two");
});

test("production begins read-only, is unlocked with a reason for fifteen minutes, and the reason goes along", async () => {
  const elif = await atRest("elif");
  await window.open("Settings");
  await window.press("Edit…");
  await (await window.find("[role=dialog] input", "Name")).setValue("EU 1");
  await (await window.find("[role=dialog] [role=radio], [role=dialog] label", "Production")).click();
  await window.press("Save");
  await window.sees("Read-only");
  const title = () => window.run(() => document.title);
  await until("the page’s title says so", async () => (await title()).includes("Production: EU 1"));
  await openUser(window, elif.email);
  const enable = await window.find("button", "Enable…");
  assert.equal(await enable.getAttribute("aria-disabled"), "true");
  await window.look("production-locked");
  // By the keyboard alone: the palette, and a dialog that begins in its field.
  await window.keys("Control", "k");
  await window.find("[role=dialog] input", "Find anything");
  for (const key of "unlock") await window.keys(key);
  await window.sees("Unlock for changes…");
  await window.look("palette-actions");
  await window.keys("Enter");
  await until("the reason has the focus", () => window.run(() => document.activeElement?.matches("[role=alertdialog] input")));
  await window.look("production-unlock");
  for (const key of "ticket 4711") await window.keys(key);
  await window.keys("Enter");
  await window.sees("Unlocked 14:5");
  await window.look("production-open");
  await window.press("Enable…");
  await window.find("[role=dialog] button, [role=alertdialog] button", "Enable in production (EU 1)");
  await window.look("production-confirm");
  await confirm(window, "Enable in production", "Asked by phone");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
  const { rows } = await asOwner((client) => client.query("SELECT reason FROM audit_entries WHERE user_id = $1 AND staff_id IS NOT NULL ORDER BY id DESC LIMIT 1", [elif.id]));
  assert.deepEqual(rows, [{ reason: "Asked by phone [unlocked: ticket 4711]" }]);
  await window.press("Unlocked for another");
  await window.sees("Read-only");
  const refused = await window.run((id) => window.__TAURI_INTERNALS__.invoke("disable_demo_mode", { target: { id, version: 1, command_id: crypto.randomUUID(), title: "past the page" }, body: { reason: "past the page" } }).then(() => "sent", (error) => error.type), elif.id);
  assert.equal(refused, "read_only", "the page's word is not needed");
});

test("at another address the former sign-in is forgotten and given to nobody", async () => {
  await window.open("Settings");
  await window.press("Edit…");
  await (await window.find("[role=dialog] input", "API address")).setValue(silent.url);
  await window.sees("At another address you sign in anew");
  await window.press("Save");
  await window.sees("Sign in to Repruv Ops");
});
