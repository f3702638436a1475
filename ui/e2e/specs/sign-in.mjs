import assert from "node:assert/strict";
import { after, test } from "node:test";
import { stack } from "../lib/stack.mjs";
import { homeForWindow, openWindow } from "../lib/window.mjs";

const home = homeForWindow();
let window;
after(() => window?.close());

async function reopen(env = {}) {
  await window?.close();
  window = await openWindow({ home, signIn: "keychain", env });
}

test("a first start asks for an environment, and its address is checked before anything is sent", async () => {
  await reopen();
  await window.sees("Add the first environment");
  await window.fill("Name", "Workspace");
  await window.fill("API address", "http://api.example.com");
  await window.press("Add environment");
  await window.sees("Only https is accepted");
  await window.fill("API address", stack.api_url);
  await window.press("Test");
  await window.sees("The Repruv API answers");
  await window.press("Add environment");
  await window.sees("Sign in to Repruv Ops");
});

test("a wrong password is refused without saying what was wrong", async () => {
  await window.fill("E-mail", stack.staff.email);
  await window.fill("Password", "not the password");
  await window.press("Sign in");
  await window.sees("Invalid email or password");
});

test("a person signs in by e-mail and password", async () => {
  await window.fill("Password", stack.staff.password);
  await window.press("Sign in");
  await window.sees("live · ");
  await window.find("h1", "Now");
});

test("the window is closed and opened again: still signed in, by the keychain", async () => {
  await reopen();
  await window.sees("live · ");
  assert.ok(!(await window.text()).includes("Password"));
});

test("signing out forgets it for good", async () => {
  await window.press("Signed in as");
  await window.press("Sign out");
  await window.sees("Sign in to Repruv Ops");
  await reopen();
  await window.sees("Sign in to Repruv Ops");
});

test("without a keychain the window says so and offers this session only", async () => {
  await reopen({ DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" });
  await window.sees("This session only");
  await window.sees("eychain");
  await window.fill("E-mail", stack.staff.email);
  await window.fill("Password", stack.staff.password);
  await window.press("Sign in");
  await window.sees("live · ");
  await reopen();
  await window.sees("Sign in to Repruv Ops");
});
