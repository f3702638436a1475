// Text that tries to be more than text, where a person acts on it: verdicts and what they rest on, questions before a change,
// what is found by typing, plans of many, and what is said of a command whose answer was lost.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PAYLOADS } from "../lib/hostile-payloads.mjs";
import { plant, plantPlans, plantQueues } from "../lib/hostile-rows.mjs";
import { listen, watching } from "../lib/hostile-watch.mjs";
import { sceneWithWindow, signedIn } from "../lib/scene.mjs";
import { asOwner } from "../lib/database.mjs";
import { stack } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { openWay } from "../lib/way.mjs";
import { homeForWindow, openWindow } from "../lib/window.mjs";

const scene = sceneWithWindow();
const { found, visit, dialog, stands } = watching(scene);
let planted;
let queues;
let plans;

before(async () => {
  planted = await plant(PAYLOADS);
  queues = await plantQueues(planted.places);
  plans = await plantPlans(planted.places);
  const window = await until("the window is open", () => scene.window, 30_000);
  await window.sees("live · ", 30_000);
  await window.run(listen);
});
after(async () => {
  await plans?.away();
  await queues?.away();
  await planted?.away();
});

/** A third of them, another one for each `turn`, and all that hide or turn letters around: those are what a plain text lets by. */
const some = (all, turn) => all.filter(({ text }, at) => at % 3 === turn || /\p{C}|\u3164/u.test(text));

async function each(all, look) {
  for (const one of all) assert.deepEqual(await look(one), [], `${one.mark}: ${one.text}`);
}

test("a verdict on a user and what it rests on show every payload as text; so does the question before a change", async () => {
  await each(planted.places, ({ user, mark }) => visit(`/users/${user}`, mark, `section[data-case="${user}"]`));
  await each(some(planted.places, 0), async ({ user, mark }) => {
    await visit(`/users/${user}`, mark, "h1");
    return dialog("Disable…", mark);
  });
  await scene.window.look("hostile-verdict");
});

test("a verdict on a job in a paused queue, its fix, and its other questions", async () => {
  await each(queues.jobs, ({ job, mark }) => visit(`/jobs/${job}`, mark, `section[data-case="${job}"] h2`));
  await each(some(queues.jobs, 1), async ({ job, mark }) => {
    const wrong = await visit(`/jobs/${job}`, mark, `section[data-case="${job}"] h2`);
    return [...wrong, ...(await dialog("Resume the queue", mark, "aside")), ...(await dialog("Cancel job", mark, "aside"))];
  });
});

test("what needs a person, on the first screen", async () => {
  assert.deepEqual(await visit("/", "xq", "section[aria-labelledby=contradictions]"), []);
  await until("all of them are shown", () => scene.window.run(() => {
    const button = [...document.querySelectorAll("section[aria-labelledby=contradictions] button")].at(-1);
    if (button?.innerText.startsWith("Show all")) button.click();
    return button?.innerText.startsWith("Show fewer");
  }));
  assert.deepEqual(await found(), []);
});

test("the questions before a session is revoked", async () => {
  await each(some(planted.places, 2), async ({ user, active, mark }) => {
    await visit(`/sessions?user=${user}&session=${active}`, mark, "aside");
    return [...(await dialog("Revoke…", mark, "aside")), ...(await dialog("Revoke all of this user…", mark, "aside"))];
  });
});

test("what is found by typing: users, their jobs, and errors", async () => {
  const { window } = scene;
  await window.go("/");
  await each(some(PAYLOADS, 1), async ({ mark }) => {
    await window.keys("Control", "k");
    await until("the field has the focus", () => window.run(() => document.activeElement?.matches("[role=dialog] input")));
    // One after the other: pressed all at once, the same key twice counts once.
    for (const letter of mark) await window.keys(letter);
    await stands(mark, "[role=dialog] [role=menuitem]");
    const wrong = await found();
    await window.keys("Escape");
    await until("it is closed", () => window.run(() => document.querySelector("[role=dialog]") === null));
    return wrong;
  });
});

test("a plan of many: its page, its items, and the question before it begins", async () => {
  assert.deepEqual(await visit("/bulk", "xq"), []);
  await each(plans.plans, ({ plan, mark }) => visit(`/bulk/${plan}`, mark, "[role=grid][aria-label=Items]"));
  await each(some(plans.plans, 0), async ({ plan, mark }) => {
    await visit(`/bulk/${plan}`, mark, "[role=grid][aria-label=Items]");
    return dialog("Approve: ", mark);
  });
  await scene.window.look("hostile-plan");
});

test("commands whose answer was lost, and what became of them", async () => {
  const way = await openWay(new URL(stack.api_url).host);
  const home = homeForWindow();
  const other = { window: await signedIn(way.url, { home }) };
  const watch = watching(other);
  try {
    const { rows } = await asOwner((client) => client.query("SELECT id FROM staff WHERE email = $1", [stack.staff.email]));
    const environment_id = JSON.parse(readFileSync(join(home, "preferences.json"), "utf8")).preferences.environment_id;
    const titles = some(PAYLOADS, 9).slice(0, 3).concat(PAYLOADS.filter(({ text }) => text.includes("<img src=x onerror")).slice(0, 2));
    const command = ({ text }) => ({
      id: randomUUID(), environment_id, staff_id: rows[0].id, asked_at: new Date().toISOString(), path: `users/${randomUUID()}/demo-mode/disable`,
      body: { reason: "The answer got lost" }, version: 1, title: `Disable: demo mode of ${text}`, user_id: null, job_id: null,
    });
    await other.window.close();
    writeFileSync(join(home, "pending-commands.json"), JSON.stringify(titles.map(command)));
    way.down();
    other.window = await openWindow({ home, signIn: "keychain" });
    await other.window.sees("live · ");
    await other.window.run(listen);
    for (const { mark } of titles.slice(0, 3)) await watch.stands(mark, "body");
    assert.deepEqual(await watch.found(), []);
    await way.heal();
    for (const { mark } of titles) {
      const told = (mark) => document.body.innerText.split("\n").some((line) => line.includes("It did not happen") && line.includes(mark));
      await until(`it is told what became of ${mark}`, () => other.window.run(told, mark), 60_000).catch((error) => other.window.explain(error));
    }
    assert.deepEqual(await watch.found(), []);
    await other.window.look("hostile-outcomes");
  } finally {
    await other.window.close();
    way.down();
  }
});
