// The API is replaced by another version while a window is open: reading goes on, changes wait, and nothing needs a restart.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openRelay } from "../lib/relay.mjs";
import { atRest, openUser, signedIn } from "../lib/scene.mjs";

let relay;
let window;

before(async () => {
  relay = await openRelay();
  window = await signedIn(relay.url);
});
after(async () => {
  await window?.close();
  relay?.close();
});

for (const [which, version, says] of [
  ["newer", "2", "Install the newest Repruv Ops."],
  ["older", "0", "Ask an admin to update it"],
]) {
  test(`the API becomes a ${which} one: what still works is said, reading goes on, and it recovers alone`, async () => {
    const keiko = await atRest("keiko");
    await openUser(window, keiko.email);
    relay.speak(version);
    await window.sees("Nothing can be changed now.", 60_000);
    await window.sees(says);
    await window.sees("What you see stays live");
    const enable = await window.find("button", "Enable…");
    assert.equal(await enable.getAttribute("aria-disabled"), "true");
    await window.look(`version-${which}`);
    await window.open("Jobs");
    await window.find("[role=grid]", "Jobs");
    await window.sees("live · ");
    relay.speak(null);
    await window.seesNot("Nothing can be changed now.", 60_000);
  });
}
