// The keychain is locked, tampered with, restarted, full: each ends in a screen that a person can go on from.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openKeychain } from "../lib/keychain.mjs";
import { signIn, signedIn } from "../lib/scene.mjs";
import { stack } from "../lib/stack.mjs";
import { homeForWindow, openWindow } from "../lib/window.mjs";

const home = homeForWindow();
let keychain;
let window;

before(async () => {
  keychain = await openKeychain();
  window = await signedIn(stack.api_url, { home, env: keychain.env });
});
after(async () => {
  await window?.close();
  keychain?.close();
});

async function reopen() {
  await window.close();
  window = await openWindow({ home, signIn: "keychain", env: keychain.env });
}

const sessionOnly = () => window.run(() => document.querySelector("input[type=checkbox]").checked);

test("the entry is deleted while the window is open: it goes on, and the next start asks for a sign-in and keeps it again", async () => {
  assert.equal(keychain.count(), 1);
  keychain.clear();
  await window.open("Jobs");
  await window.sees("live · ");
  await reopen();
  await window.sees("Sign in to Repruv Ops");
  await signIn(window);
  await window.sees("live · ");
  assert.equal(keychain.count(), 1);
});

test("somebody edits the entry to rubbish: the next start says so, and signing in replaces it", async () => {
  keychain.overwrite("rubbish");
  await reopen();
  await window.sees("What the keychain kept for this environment cannot be read");
  await window.look("keychain-rubbish");
  assert.equal(await sessionOnly(), false);
  await signIn(window);
  await window.sees("live · ");
  assert.equal(keychain.count(), 1);
  await reopen();
  await window.sees("live · ");
});

test("the keychain is locked: the window opens all the same, and lets in for this session only", async () => {
  keychain.lock();
  await reopen();
  await window.sees("A question of the keychain may be open behind this window");
  assert.equal(await sessionOnly(), true);
  await signIn(window);
  await window.sees("live · ");
  await keychain.dismissQuestion();
  await window.sees("live · ");
});

test("the keychain's question is dismissed: the form says so, and after unlocking no password is needed", async () => {
  await reopen();
  await keychain.dismissQuestion();
  await window.sees("The keychain’s question was dismissed");
  await window.look("keychain-dismissed");
  assert.equal(await sessionOnly(), true);
  await keychain.restart();
  await window.press("Try again without a password");
  await window.sees("live · ");
});

test("the keychain is restarted while the window is open: signing out and in still keeps the sign-in", async () => {
  await keychain.restart();
  await window.press("Signed in as");
  await window.press("Sign out");
  await window.sees("Sign in to Repruv Ops");
  assert.equal(keychain.count(), 0);
  await signIn(window);
  await window.sees("live · ");
  assert.equal(keychain.count(), 1);
});

const UNKEPT = "You are signed in for this session only.";

test("the keychain is full: signing in goes on for this session only and says so, and the next start asks again", async () => {
  await window.press("Signed in as");
  await window.press("Sign out");
  await window.sees("Sign in to Repruv Ops");
  keychain.fill();
  assert.equal(await sessionOnly(), false, "it was to be kept");
  await signIn(window);
  await window.sees("live · ");
  await window.sees(UNKEPT);
  await window.sees("it or its disk may be full");
  await window.look("keychain-full");
  assert.equal(keychain.count(), 0);
  await window.open("Settings");
  await window.sees("The keychain fails, or is full: your sign-in lasts only as long as this window.");
  await reopen();
  await window.sees("Sign in to Repruv Ops");
  await signIn(window);
  await window.sees(UNKEPT);
});

test("there is room again: the sign-in is kept when it is renewed, and the window no longer says that it is not", async () => {
  keychain.makeRoom();
  await window.open("Settings");
  // The test of the current environment asks for new tokens.
  await (await window.find("li button", "Test")).click();
  await window.seesNot(UNKEPT, 60_000);
  await window.sees("Your sign-in is kept in this machine’s keychain.");
  assert.equal(keychain.count(), 1);
  await reopen();
  await window.sees("live · ");
});
