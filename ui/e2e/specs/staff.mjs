// Who operates: added, changed and let go by an admin; a second factor; a password asked for once more.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { asOwner } from "../lib/database.mjs";
import { confirm, openUser, signIn, signedIn } from "../lib/scene.mjs";
import { hire } from "../lib/server.mjs";
import { customer, stack } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { homeForWindow, knowEnvironment, openWindow } from "../lib/window.mjs";

const EMAIL = `nadia-${Date.now().toString(36)}@repruv.test`;
const PASSWORD = "a sentence that only Nadia knows";
let admin;
let window;
let temporary;
let secret;
let last = "";

before(async () => {
  admin = hire("admin", "admin");
  window = await signedIn(stack.api_url, { staff: admin });
});
after(() => window?.close());

/** The code of RFC 6238 at this moment; each is good for one use. */
function totp() {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

const freshCode = () => until("another code is due", () => (totp() === last ? null : (last = totp())), 45_000, 500);

async function change(name, entry) {
  await window.press(`What can be done with ${name}`);
  await window.press(entry);
}

test("an admin adds a person, and is told a temporary password once", async () => {
  await window.open("Settings");
  await window.sees("Add a person…");
  await window.look("staff");
  await window.press("Add a person…");
  await window.fill("E-mail", EMAIL);
  await (await window.find("[role=dialog] input, [role=alertdialog] input", "Name")).setValue("Nadia Haddad");
  await window.look("staff-add");
  await confirm(window, "Add", "Begins on Monday");
  await window.sees("It is shown only now.");
  await window.look("staff-temporary");
  temporary = await window.run(() => document.querySelector("[role=dialog] [title]").title);
  await window.press("I have passed it on");
  await window.sees("Nadia Haddad");
  await window.seesNot(temporary);
});

test("a role is changed and an authenticator required; what the rules refuse says why", async () => {
  await change("Nadia Haddad", "Change role…");
  await (await window.find("select", "New role")).selectByAttribute("value", "support");
  await confirm(window, "Change role", "Helps customers");
  await window.sees("The role is changed.");
  await window.press("Done");
  await change("Nadia Haddad", "Require an authenticator…");
  await confirm(window, "Require", "Works on production");
  await window.sees("It is required.");
  await window.press("Done");
  await window.sees("authenticator required, none yet");
  await window.press("What can be done with admin");
  await window.look("staff-menu");
  await window.sees("Nobody does this to themselves");
  await window.keys("Escape");
});

test("the new person chooses a password, enrols an authenticator, and is asked for its code at the next sign-in", async () => {
  const home = homeForWindow();
  knowEnvironment(home);
  const theirs = await openWindow({ home, signIn: "keychain" });
  try {
    await theirs.sees("Sign in to Repruv Ops");
    await signIn(theirs, { email: EMAIL, password: temporary });
    await theirs.sees("choose one that only you know");
    await theirs.look("first-password");
    await theirs.fill("Password now", temporary);
    await theirs.fill("New password", PASSWORD);
    await theirs.fill("New password, once more", PASSWORD);
    await theirs.press("Change password");
    await theirs.sees("A second factor is required of you");
    await theirs.fill("Your password", PASSWORD);
    await theirs.press("Show the code");
    await theirs.sees("It is shown only now.");
    await theirs.look("first-factor");
    secret = (await theirs.run(() => document.querySelector("form [data-selectable]").innerText)).replaceAll(" ", "");
    await theirs.fill("Code that it shows", await freshCode());
    await theirs.press("Confirm");
    await theirs.sees("live · ");
    await theirs.press("Signed in as");
    await theirs.press("Sign out");
    await theirs.sees("Sign in to Repruv Ops");
    await signIn(theirs, { email: EMAIL, password: PASSWORD });
    await theirs.find("input", "Code of your authenticator");
    await theirs.look("sign-in-code");
    await theirs.fill("Code of your authenticator", await freshCode());
    await theirs.press("Sign in");
    await theirs.sees("live · ");
    await theirs.open("Settings");
    await theirs.sees("Your authenticator is asked for at each sign-in.");
    await theirs.seesNot("Add a person…");
  } finally {
    await theirs.close();
  }
});

test("revoking everything asks for the password once more when it was given a while ago, and then goes on", async () => {
  const luca = await customer("luca");
  await asOwner((client) => client.query("UPDATE staff_sessions SET authenticated_at = now() - interval '10 minutes' WHERE staff_id = (SELECT id FROM staff WHERE email = $1)", [admin.email]));
  await openUser(window, luca.email);
  await window.press("Revoke all…");
  await confirm(window, "Revoke all");
  await window.sees("This needs a password that was given in the last five minutes.");
  await window.look("reauthenticate");
  assert.equal(await luca.knock(), 200);
  await window.fill("Your password", "not it");
  await window.press("It is me: go on");
  await window.sees("This is not your password.");
  await window.fill("Your password", admin.password);
  await window.press("It is me: go on");
  await window.sees("Seen in the database");
  await window.press("Done");
  assert.equal(await luca.knock(), 401);
});

test("a disabled person cannot sign in", async () => {
  await window.open("Settings");
  // What she did herself meanwhile has to be on the screen: a change of what was seen earlier is refused.
  await window.sees("· authenticator ·");
  await change("Nadia Haddad", "Disable…");
  await confirm(window, "Disable", "Left the company");
  await window.sees("Their access has ended.");
  await window.press("Done");
  await window.sees("Disabled");
  const answer = await fetch(`${stack.api_url}/api/v1/staff/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: EMAIL, password: PASSWORD, code: null }) });
  assert.equal(answer.status, 401);
});
