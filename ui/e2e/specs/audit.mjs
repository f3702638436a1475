// Looking through the audit trail, and taking a part of it along.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { atRest, confirm, openUser, sceneWithWindow } from "../lib/scene.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();
const REASON = '=HYPERLINK("https://evil.example") and then, some\u202Eeman';

const rows = (window) => window.run(() => [...document.querySelectorAll("[role=row][data-id]")].map((row) => row.innerText.replace(/\s+/g, " ")));

async function filter(window, text) {
  const field = await window.find("input", "Filter the audit trail");
  await field.click();
  await window.browser.keys(["Control", "a"]);
  await field.addValue(text);
  await window.keys("Enter");
}

async function clear(window) {
  if ((await window.run(() => document.querySelector('[aria-label="Clear filter"]'))) !== null) await window.press("Clear filter");
}

test("what a person did is found by who, what, on whom, why and when", async () => {
  const { window } = scene;
  const chloe = await atRest("chloe");
  await openUser(window, chloe.email);
  await window.press("Enable…");
  await confirm(window, "Enable", REASON);
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
  await window.open("Audit");
  await window.look("audit");
  for (const text of ["by:dana@repruv.test", "action:demo_mode.enable", `user:${chloe.email}`, "evil.example", "since:1h", `by:dana user:${chloe.email} since:1h evil.example`]) {
    await clear(window);
    await filter(window, text);
    await until(`${text} finds it`, async () => (await rows(window)).some((row) => row.includes(chloe.email) && row.includes("evil.example"))).catch((error) => window.explain(error));
  }
  await window.look("audit-filtered");
  await clear(window);
  await filter(window, "by:nobody-of-this-name");
  await window.sees("Nothing in the trail matches");
  await window.look("audit-nothing");
  await window.press("Clear filter");
});

test("a word that is no time is said, and how to write one", async () => {
  const { window } = scene;
  await filter(window, "since:yesterday");
  await window.sees("“since:yesterday” is no time".replace("since:", ""));
  await window.look("audit-no-time");
  await window.keys("Escape");
});

test("a line opens whole, and leads on to more like it", async () => {
  const { window } = scene;
  await filter(window, "evil.example");
  await until("one line is left", async () => (await rows(window)).length === 1);
  await (await window.find("[role=row][data-id] *", "Enabled demo mode")).click();
  await window.find("aside", "Audit entry");
  await window.sees("⟨U+202E⟩");
  await until("it tells from where", () => window.run(() => /From\s+127\.0\.0\.1/.test(document.querySelector("aside").innerText)));
  await window.look("audit-entry");
  await window.press("All of this kind");
  await until("the filter says so", () => window.run(() => document.querySelector("[role=combobox]").parentElement.innerText.includes("demo_mode.enable")));
  await clear(window);
});

for (const [words, extension] of [
  ["As a table (CSV)", "csv"],
  ["For programs (JSON)", "json"],
]) {
  test(`what is filtered is written to a ${extension} file whose place is told, and holds no formula`, async () => {
    const { window } = scene;
    await filter(window, "evil.example");
    await until("one line is left", async () => (await rows(window)).length === 1);
    await window.press("Export what is filtered");
    await window.press(words);
    await window.sees("1 line written.");
    await window.look(`audit-export-${extension}`);
    const folder = join(window.home, "downloads");
    const [name] = readdirSync(folder).filter((file) => file.endsWith(extension));
    await window.sees(name);
    const file = join(folder, name);
    assert.ok(existsSync(file));
    const text = readFileSync(file, "utf8");
    if (extension === "csv") {
      const [heads, line] = text.trim().split("\n");
      assert.match(heads, /^number,at,by,action,user_email,.*,address\r?$/);
      assert.match(line, /,127\.0\.0\.1\r?$/);
      assert.match(line, /,"'=HYPERLINK\(""https:\/\/evil\.example""\) and then, some⟨U\+202E⟩eman",/);
    } else {
      const { rows: lines, complete } = JSON.parse(text);
      assert.equal(complete, true);
      assert.deepEqual(lines.map((line) => line.reason), [REASON]);
    }
    await window.press("Done");
    await clear(window);
  });
}
