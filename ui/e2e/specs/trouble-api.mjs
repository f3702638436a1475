// The way to the API fails; the database goes on.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { atRest, confirm, demoModeIs, openUser, signedIn } from "../lib/scene.mjs";
import { stack } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { openWay } from "../lib/way.mjs";
import { homeForWindow, openWindow } from "../lib/window.mjs";

const home = homeForWindow();
let customers;
let way;
let window;

before(async () => {
  way = await openWay(new URL(stack.api_url).host);
  const resting = atRest("ana", "ben", "chloe", "dmitri", "elif");
  window = await signedIn(way.url, { home });
  customers = await resting;
});
// Whatever became of the test before.
beforeEach(() => way.heal());
after(async () => {
  await window?.close();
  way?.down();
});

async function reopen() {
  await window.close();
  window = await openWindow({ home, signIn: "keychain" });
  await window.sees("live · ");
}

/** How many lines of the open user's timeline give this reason. */
const told = (reason) => window.run((reason) => document.querySelector("main").innerText.split(reason).length - 1, reason);

/** One line does, as soon as the timeline has been read anew. */
const isToldOnce = (reason) => until(`the timeline says "${reason}"`, () => told(reason).then((times) => assert.ok(times <= 1) ?? times === 1)).catch((error) => window.explain(error));

/** What the open dialog says: the page beside it may tell of other commands. */
const dialogSays = () => window.run(() => document.querySelector("[role=dialog], [role=alertdialog]").innerText);

async function askToEnable(customer, reason) {
  await openUser(window, customer.email);
  await window.press("Enable…");
  await confirm(window, "Enable", reason);
}

test("the answer to a command is lost: it is unknown, neither done nor failed, until the API is back and says that it happened", async () => {
  const { ana } = customers;
  const lost = way.loseAnswerTo("/demo-mode/enable");
  await askToEnable(ana, "The answer gets lost");
  await lost;
  await window.sees("It is not known whether this happened");
  assert.doesNotMatch(await dialogSays(), /Accepted|Not done|It happened|It did not happen/);
  assert.notEqual((await ana.status()).status, "disabled", "it did happen");
  await window.look("unknown");
  await way.heal();
  await window.sees("It happened, once", 60_000);
  await window.press("Done");
  await demoModeIs(window, "Enabled");
  await isToldOnce("The answer gets lost");
  assert.doesNotMatch(await window.text(), /Dismiss\n/, "what was seen in the dialog is not said again");
});

test("a command never arrives: it is unknown, then known not to have happened, and it does not happen later", async () => {
  const { ben } = customers;
  const lost = way.loseRequest("/demo-mode/enable");
  await askToEnable(ben, "The command gets lost");
  await lost;
  await window.sees("It is not known whether this happened");
  await way.heal();
  await window.sees("It did not happen, and will not", 60_000);
  await window.look("did-not-happen");
  await window.press("Done");
  assert.equal((await ben.status()).status, "disabled");
  assert.equal(await told("The command gets lost"), 0);
  await window.press("Enable…");
  await confirm(window, "Enable", "Once more, on purpose");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
});

test("the window is closed over an unknown outcome and opened while the API is down: it reads, still says unknown, and finds out", async () => {
  const { chloe } = customers;
  const lost = way.loseAnswerTo("/demo-mode/enable");
  await askToEnable(chloe, "Closed over it");
  await lost;
  await window.sees("It is not known whether this happened");
  await reopen();
  await window.sees("It is not known whether this happened");
  await window.look("unknown-reopened");
  await way.heal();
  await window.sees("It happened, once", 60_000);
  await window.look("found-reopened");
  await window.press("Show");
  await window.find("h1", chloe.email);
  await window.seesNot("Nothing can be changed now.");
  await window.press("Dismiss");
  // Not the words: the live region goes on saying the last thing it said.
  await window.findNot("button", "Show");
  await demoModeIs(window, "Enabled");
  await isToldOnce("Closed over it");
});

test("the API is down while the database is up: reading goes on live, a change says why it cannot, and nothing is replayed", async () => {
  const { dmitri } = customers;
  await dmitri.enable();
  await dmitri.reaches("enabled");
  await openUser(window, dmitri.email);
  await window.press("Disable…");
  await window.fill("Reason, for the audit trail", "While it was down");
  way.down();
  await window.press("Disable");
  await window.sees("Not done. The API cannot be reached. Nothing was sent.");
  await window.sees("Nothing can be changed now.");
  await window.look("api-down");
  await window.press("Cancel");
  const button = await window.find("button", "Disable…");
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await button.moveTo();
  await window.sees("Changes are possible again as soon as the API is back.");
  await window.look("api-down-page");
  // Customers reach the API by another way: what they do is seen.
  await dmitri.disable();
  await demoModeIs(window, "Disabled");
  assert.match(await window.text(), /live · /);
  await way.heal();
  await window.seesNot("Nothing can be changed now.");
  await window.press("Enable…");
  await confirm(window, "Enable", "After it was down");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
  await isToldOnce("After it was down");
  assert.equal(await told("While it was down"), 0);
});

test("the API takes a command and never answers: the waiting ends with words, and the outcome is found out", async () => {
  const { elif } = customers;
  await openUser(window, elif.email);
  await window.press("Enable…");
  await way.silence();
  await confirm(window, "Enable", "Into the void");
  await window.sees("Sending…");
  await window.sees("The API did not answer within 10 s.", 60_000);
  await window.look("api-silent");
  await way.heal();
  await window.sees("It did not happen, and will not", 60_000);
  await window.press("Done");
  assert.equal((await elif.status()).status, "disabled");
});

test("the API hangs while the window is opened: reading begins without it", async () => {
  await way.silence();
  await reopen();
  await window.open("Jobs");
  await window.find("[role=grid]", "Jobs");
  await way.heal();
});
