// The API and the database behind certificates of a company's own authority, which this machine does not know.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newAuthority } from "../lib/authority.mjs";
import { copy, paste } from "../lib/clipboard.mjs";
import { openFront } from "../lib/front.mjs";
import { atRest, confirm, openUser, signIn } from "../lib/scene.mjs";
import { openServer } from "../lib/server.mjs";
import { stack } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { homeForWindow, knowEnvironment, openWindow } from "../lib/window.mjs";

const FIELD = "Certificate of its authority, as PEM";
const REFUSED = "signed by nobody whom this machine trusts";

const ours = newAuthority("Our own");
const foreign = newAuthority("Somebody else");
let customers;
let database;
let server;
let api;
let window;

before(async () => {
  database = await openFront(new URL(stack.database_url_owner).host, ours.issue(), { postgres: true });
  server = await openServer({ READER_DATABASE_HOST: database.address });
  api = await openFront(server.address, ours.issue());
  const resting = atRest("ana", "ben");
  const home = homeForWindow();
  knowEnvironment(home, { name: "Own", kind: "staging", api_url: api.url });
  window = await openWindow({ home, signIn: "keychain" });
  customers = await resting;
});
after(async () => {
  await window?.close();
  server?.close();
  api?.close();
  database?.close();
});

/** Nothing that could be used was said to anybody, not even to whoever listens on the way. */
function heardNothing() {
  for (const [name, front] of Object.entries({ api, database })) {
    assert.equal(front.opened(), "", `${name}: nothing is said inside`);
    for (const secret of [stack.staff.password, stack.staff.email, "Bearer", "staff_", "rps_"]) assert.ok(!front.raw().includes(secret), `${name}: ${secret}`);
  }
}

/** Puts this in the place of the authority in the form that is open. */
async function give(pem) {
  const shown = () => window.run((label) => [...document.querySelectorAll("[role=dialog] textarea")].some((field) => field.labels[0].innerText.includes(label) && field.getClientRects().length > 0), FIELD);
  if (!(await shown())) await (await window.find("[role=dialog] summary", "Certificates signed by your own company")).click();
  await paste(window, FIELD);
  const holds = () => window.run(() => document.querySelector("[role=dialog] textarea").value.trim());
  await until("the field holds it", async () => (await holds()) === pem.trim());
}

const steps = () => window.run(() => [...document.querySelectorAll('ol[aria-label="Test of the connection"] li')].map((step) => `${step.dataset.outcome} ${step.innerText.replace(/\s+/g, " ")}`));

async function tested() {
  await (await window.find("[role=dialog] button", "Test")).click();
  return until("the test ended", async () => {
    const found = await steps();
    return found.length === 6 ? found : null;
  }, 60_000).catch((error) => window.explain(error));
}

test("without the authority signing in is refused with the reason, and no byte of the password leaves", async () => {
  await window.sees("Sign in to Repruv Ops");
  await signIn(window);
  await window.sees(REFUSED);
  await window.sees("add its authority");
  await window.sees("Your password was not sent.");
  await window.look("authority-unknown");
  assert.notEqual(api.raw(), "", "it was asked who it is");
  heardNothing();
});

test("the person adds the authority there and then, signs in, reads what is live and changes something", async () => {
  await copy(window, ours.pem);
  await window.press("Edit environment…");
  await give(ours.pem);
  const found = await tested();
  assert.deepEqual(found.slice(0, 4).map((step) => step.split(" ")[0]), ["good", "good", "good", "good"], found.join("\n"));
  await window.look("authority-given");
  await window.press("Save");
  await window.seesNot(REFUSED);
  await signIn(window);
  await window.sees("live · ");
  const { ana } = customers;
  await openUser(window, ana.email);
  await window.press("Enable…");
  await confirm(window, "Enable");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
  // So the fronts do hear what is said to who is believed.
  assert.ok(api.opened().includes(stack.staff.password) && api.opened().includes("Bearer "));
  assert.ok(database.opened().includes("staff_"), "the database is read over TLS as well");
  for (const front of [api, database]) assert.ok(!front.raw().includes("staff_") && !front.raw().includes("Bearer "), "outside TLS nothing can be read");
});

test("under another authority both are refused in words, and nothing is said to them", async () => {
  await window.open("Settings");
  await copy(window, foreign.pem);
  await window.press("Edit…");
  await give(foreign.pem);
  const found = await tested();
  assert.ok(found[2].startsWith("bad") && found[2].includes(REFUSED), found.join("\n"));
  await window.press("Save");
  await window.sees(REFUSED, 60_000);
  await window.sees("Nothing was sent to it.");
  await window.sees("Changes are blocked");
  // From here on: what was said before to who was believed is over.
  for (const front of [api, database]) {
    front.forget();
    await until("it was asked again who it is", () => front.raw() !== "");
  }
  await window.look("authority-foreign");
  heardNothing();
});

test("the right one is given back: the window goes on where it was, without a password", async () => {
  const { ben } = customers;
  await window.open("Settings");
  await copy(window, ours.pem);
  await window.press("Edit…");
  await give(ours.pem);
  await window.press("Save");
  await window.sees("live · ", 60_000);
  await window.seesNot(REFUSED);
  await openUser(window, ben.email);
  assert.ok(!api.opened().includes(stack.staff.password), "the password was not asked for");
});

test("signed in for this session only: another authority and back again ask for no password either", async () => {
  await window.press("Signed in as");
  await window.press("Sign out");
  await window.sees("Sign in to Repruv Ops");
  await window.press("This session only");
  await signIn(window);
  await window.sees("live · ");
  api.forget();
  for (const [pem, words] of [[foreign.pem, "Changes are blocked"], [ours.pem, "live · "]]) {
    await window.open("Settings");
    await copy(window, pem);
    await window.press("Edit…");
    await give(pem);
    await window.press("Save");
    await window.sees(words, 60_000);
  }
  await window.seesNot(REFUSED);
  await window.sees("You asked for this session only");
  assert.ok(!api.opened().includes(stack.staff.password), "the password was not asked for");
});
