// The way to the database fails, the database stops, and what the window may read with runs out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { stopDatabase } from "../lib/breaking.mjs";
import { atRest, confirm, demoModeIs, openUser, signedIn } from "../lib/scene.mjs";
import { hire, openServer } from "../lib/server.mjs";
import { stack } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { openWay } from "../lib/way.mjs";
import { logOf } from "../lib/window.mjs";

const LOGIN_LIFE_S = 4;

let customers;
let way;
let server;
let window;
let signed_in_ms;

before(async () => {
  way = await openWay(new URL(stack.database_url_owner).host);
  server = await openServer({ READER_DATABASE_HOST: way.address, STAFF_ACCESS_LIFE: "1s", DATABASE_LOGIN_LIFE: `${LOGIN_LIFE_S}s` });
  const resting = atRest("farah", "grzegorz", "hana");
  window = await signedIn(server.url);
  customers = await resting;
  signed_in_ms = Date.now();
});
after(async () => {
  await window?.close();
  server?.close();
  way?.down();
});

const logins = () => logOf(window.home, 1_000_000).split("Got a database login").length - 1;

async function staleThenLive(heal) {
  const began_ms = Date.now();
  await window.sees("stale since");
  await window.sees("Changes are blocked");
  const said_ms = Date.now() - began_ms;
  const button = await window.find("button", "Enable…");
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  const healed_ms = Date.now();
  await heal();
  await window.sees("live · ", 60_000);
  await window.seesNot("Changes are blocked");
  return { said_ms, live_ms: Date.now() - healed_ms };
}

test("the access token and the database login run out: both are renewed without a word", async () => {
  const { farah } = customers;
  await until("the first login has run out", () => Date.now() > signed_in_ms + LOGIN_LIFE_S * 1_000);
  way.cut();
  await until("the window asked for another login", () => logins() >= 2);
  await window.sees("live · ");
  await openUser(window, farah.email);
  await window.press("Enable…");
  await confirm(window, "Enable");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
  assert.doesNotMatch(await window.text(), /Sign in|does not accept/);
});

test("the way to the database falls silent: stale is said, changes are blocked, and it recovers alone", async (t) => {
  const { grzegorz } = customers;
  await openUser(window, grzegorz.email);
  await way.silence();
  const { said_ms, live_ms } = await staleThenLive(() => way.heal());
  t.diagnostic(`stale said after ${said_ms} ms, live ${live_ms} ms after the way was free`);
  await window.press("Enable…");
  await confirm(window, "Enable");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
});

test("the database is stopped and started: stale meanwhile, the API says so too, and all recover alone", async (t) => {
  const { hana } = customers;
  await openUser(window, hana.email);
  const start = await stopDatabase();
  try {
    const { said_ms, live_ms } = await staleThenLive(async () => {
      await window.look("stale");
      assert.equal(await hana.knock(), 503);
      start();
    });
    t.diagnostic(`stale said after ${said_ms} ms, live ${live_ms} ms after the database was started`);
  } catch (error) {
    start();
    throw error;
  }
  await window.press("Enable…");
  await confirm(window, "Enable");
  await demoModeIs(window, "Enabled");
});

test("a person's access is ended: the window goes to the sign-in screen within seconds, and says why", async () => {
  // The API finds out at its first use that a connection of before the restart is dead.
  const knocks = () => Promise.all(Array.from({ length: 20 }, () => customers.hana.knock()));
  await until("no connection of the API is dead", async () => (await knocks()).every((status) => status === 200));
  const person = hire("leaver");
  const theirs = await signedIn(stack.api_url, { staff: person });
  try {
    await theirs.open("Jobs");
    person.disable();
    await theirs.sees("Sign in to Repruv Ops", 60_000);
    await theirs.sees("Your session was ended");
    await theirs.look("ended");
    assert.doesNotMatch(await theirs.text(), /Jobs|live · /);
  } finally {
    await theirs.close();
  }
});
