// What stands at the address is not what the person thinks.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { signIn } from "../lib/scene.mjs";
import { stack } from "../lib/stack.mjs";
import { openWay } from "../lib/way.mjs";
import { homeForWindow, knowEnvironments, openWindow } from "../lib/window.mjs";

const PASSWORD = "only for the real API";
const received = [];
let servers;
let silent;
let window;

/** Answers everything in the same way, and keeps what it was told. */
function answering(headers, body) {
  const server = createServer((request, response) => {
    request.on("data", (bytes) => received.push(bytes.toString()));
    request.on("end", () => response.writeHead(200, headers).end(body));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const urlOf = (server) => `http://127.0.0.1:${server.address().port}`;

before(async () => {
  servers = await Promise.all([
    answering({ "content-type": "text/html" }, "<!doctype html><title>Welcome</title>"),
    answering({ "repruv-api-version": "2", "content-type": "text/plain" }, "ok"),
    answering({ "repruv-api-version": "0", "content-type": "text/plain" }, "ok"),
  ]);
  silent = await openWay(new URL(stack.api_url).host);
  await silent.silence();
  const gone = await openWay("127.0.0.1:1");
  gone.down();
  const home = homeForWindow();
  const [web, newer, older] = servers.map(urlOf);
  knowEnvironments(home, { "A web site": web, Newer: newer, Older: older, Silent: silent.url, Gone: gone.url, Local: stack.api_url });
  window = await openWindow({ home, signIn: "keychain" });
});
after(async () => {
  await window?.close();
  for (const server of servers ?? []) server.close();
  silent?.down();
});

async function tryAt(environment, credentials = { email: "dana@repruv.test", password: PASSWORD }) {
  await (await window.find("select", "Environment")).selectByVisibleText(environment);
  await signIn(window, credentials);
}

for (const [environment, says] of [
  ["A web site", "Something answers at this environment’s address, but it is not the Repruv API."],
  ["Newer", "Install the newest Repruv Ops."],
  ["Older", "Ask an admin to update it"],
  ["Gone", "The API cannot be reached. Your password was not sent."],
]) {
  test(`signing in at "${environment}" says what is there, and gives it no password`, async () => {
    await tryAt(environment);
    await window.sees(says);
    await window.look(`sign-in-${environment.replaceAll(" ", "-")}`);
    assert.doesNotMatch(received.join(""), new RegExp(PASSWORD));
  });
}

test("signing in at an API that never answers ends with words", async () => {
  await tryAt("Silent");
  await window.sees("Signing in…");
  await window.sees("The API did not answer within 10 s. Your password was not sent.", 60_000);
});

test("a wrong password is refused in one sentence, and the right one then works in the same form", async () => {
  await tryAt("Local", { ...stack.staff, password: "not the password" });
  await window.sees("Invalid email or password.");
  await window.look("sign-in-wrong");
  await window.fill("Password", stack.staff.password);
  await window.press("Sign in");
  await window.sees("live · ");
});
