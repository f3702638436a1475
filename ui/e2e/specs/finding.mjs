import assert from "node:assert/strict";
import { test } from "node:test";
import { asOwner } from "../lib/database.mjs";
import { atRest, openUser, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { logOf } from "../lib/window.mjs";

const scene = sceneWithWindow();

const at = (window, part) => until(`the page is ${part}`, () => window.run((part) => decodeURIComponent(location.hash).includes(part), part)).catch((error) => window.explain(error));

async function palette(window, ...keys) {
  await window.keys("Control", "k");
  await window.find("[role=dialog] input", "Find anything");
  for (const key of keys) await window.keys(...[key].flat());
}

/** Reads the clipboard as the next program would. */
async function clipboard(window) {
  await window.run(() => {
    const field = document.createElement("textarea");
    field.id = "pasted-by-the-test";
    document.body.append(field);
    field.focus();
  });
  await window.keys("Control", "v");
  return until("it was pasted", () =>
    window.run(() => {
      const field = document.getElementById("pasted-by-the-test");
      const { value } = field;
      if (value !== "") field.remove();
      return value || null;
    }),
  );
}

test("the palette finds a user by e-mail, name and id, and Enter does not wait to be seen", async () => {
  const { window } = scene;
  const ana = await atRest("ana");
  const { rows } = await asOwner((client) => client.query("SELECT full_name FROM users WHERE id = $1", [ana.id]));
  for (const word of [ana.email, ana.id, rows[0].full_name]) {
    await window.open("Now");
    // Keys come as fast as they can: Enter is there before anything was found.
    await palette(window, ...word, "Enter");
    await at(window, "/users/");
    // Others may have the same name.
    if (word !== rows[0].full_name) await at(window, ana.id);
    else await window.sees(word);
  }
});

test("the palette finds a job by its id and a failed one by its error", async () => {
  const { window } = scene;
  const ben = await atRest("ben");
  const turnBack = await turnDials({ refuse: "the niche of glass harps is not on offer" });
  try {
    await ben.enable();
    await ben.reaches("failed");
  } finally {
    await turnBack();
  }
  const { job } = await ben.status();
  for (const word of [job.job_id, "glass harps"]) {
    await window.open("Now");
    await palette(window, ...word, "Enter");
    await at(window, `/jobs/${job.job_id}`);
  }
});

test("what was copied is offered when the palette opens, and Enter goes there", async () => {
  const { window } = scene;
  const chloe = await atRest("chloe");
  await openUser(window, chloe.email);
  await window.press("Copy link");
  await window.sees("Copied the link");
  await window.open("Now");
  await palette(window, "Enter");
  await at(window, `/users/${chloe.id}`);
  await window.press("Copy user id");
  await window.open("Now");
  await palette(window, "Enter");
  await at(window, `/users/${chloe.id}`);
});

test("what is no id and no e-mail stays on the clipboard", async () => {
  const { window } = scene;
  await window.open("Settings");
  await window.press("Copy diagnostics");
  await window.sees("Copied the diagnostics");
  await palette(window);
  await window.find("[role=menuitem]", "Now");
  assert.equal(await window.run(() => document.querySelector("[role=dialog]").innerText.includes("Copied")), false);
  await window.keys("Enter");
  assert.ok(await window.run(() => document.querySelector("[role=dialog]") !== null), "Enter asks for nothing");
  await window.keys("Escape");
});

test("the timeline shows the chosen kinds, grows by itself, and is copied without what tells who it is", async () => {
  const { window } = scene;
  const dmitri = await atRest("dmitri");
  await openUser(window, dmitri.email);
  await window.press("Jobs");
  await window.find("button[aria-pressed=true]", "Jobs");
  const says = (words) => window.run((words) => document.querySelector("section[aria-labelledby=user-timeline]").innerText.includes(words), words);
  await until("sign-ins are left out", async () => !(await says("Signed in")));
  await window.press("Sign-ins");
  await until("sign-ins are there again", () => says("Signed in"));
  const before = await window.run(() => document.querySelectorAll("section[aria-labelledby=user-timeline] li").length);
  await dmitri.enable();
  await until("it grew without a press", async () => (await window.run(() => document.querySelectorAll("section[aria-labelledby=user-timeline] li").length)) > before);
  await dmitri.reaches("enabled");
  await window.press("Copy for ticket");
  await window.sees("Copied for the ticket");
  const text = await clipboard(window);
  assert.match(text, new RegExp(dmitri.id));
  assert.match(text, /Enabling demo mode/);
  assert.doesNotMatch(text, /dmitri|@|127\.0\.0\.1/i);
});

test("nobody who was looked for is in the log", () => {
  assert.doesNotMatch(logOf(scene.window.home, 1_000_000), /@repruv\.test|glass harps/);
});

test("the palette changes the look, and keeps it", async () => {
  const { window } = scene;
  const theme = () => window.run(() => document.documentElement.dataset.theme ?? "system");
  const before = await theme();
  const [next, words] = before === "dark" ? ["light", "theme: light"] : ["dark", "theme: dark"];
  await palette(window, ...words);
  await window.sees(`Theme: ${next}`);
  await window.keys("Enter");
  await until("the look has changed", async () => (await theme()) === next);
  await window.open("Settings");
  await until("Settings say so", () => window.run((next) => document.querySelector(`input[value=${next}]`)?.checked, next));
  await palette(window, ..."theme: as", "Enter");
  await until("it follows the system", async () => (await theme()) === "system");
});
