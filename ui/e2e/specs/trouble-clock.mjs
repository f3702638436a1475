// This machine's clock is wrong by hours. The database's time counts; what cannot work says that it may be the clock.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { newAuthority } from "../lib/authority.mjs";
import { freezeDatabase } from "../lib/breaking.mjs";
import { openFront } from "../lib/front.mjs";
import { openRelay } from "../lib/relay.mjs";
import { atRest, confirm, openUser, signIn, signedIn } from "../lib/scene.mjs";
import { openServer } from "../lib/server.mjs";
import { stack, turnDials } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { homeForWindow, knowEnvironment, logOf, openWindow } from "../lib/window.mjs";
import { wrongClock } from "../lib/wrong-clock.mjs";

const HOUR_MS = 3_600_000;

/** Runs in the page: notes from now on whatever says that something is stale. */
function watchForStale() {
  window.__stale = [];
  const look = () => {
    const said = /stale since [\d:]*|Changes are blocked/.exec(document.body.innerText);
    if (said !== null) window.__stale.push(said[0]);
  };
  new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
  look();
}

/** Runs in the page: each age on the screen with the time that it is of. */
const ages = () => [...document.querySelectorAll("#main time[datetime]")].filter((time) => / ago$|^in |^now$/.test(time.innerText)).map((time) => ({ at: time.dateTime, says: time.innerText }));

/** The age in hours as the words say it; `null` where they say less than an hour. */
const hoursOf = (says) => {
  const [, amount, unit] = /(\d+) (h|d)\b/.exec(says) ?? [];
  return amount === undefined ? null : Number(amount) * (unit === "d" ? 24 : 1);
};

/** Ages that are not those of the real time, which is the database's. */
const wrongAges = (all) =>
  all.filter(({ at, says }) => {
    const hours = Math.abs(Date.now() - Date.parse(at)) / HOUR_MS;
    const said = hoursOf(says);
    return said === null ? hours > 1.2 : Math.abs(said - hours) > (hours > 24 ? 25 : 1.2);
  });

for (const { hours, says, until_words } of [
  { hours: 2, says: "clock 2 h ahead", until_words: "The certificate of the API has expired, or this machine’s clock is wrong. Check the clock" },
  { hours: -2, says: "clock 2 h behind", until_words: "The certificate of the API is not valid yet, or this machine’s clock is wrong. Check the clock" },
]) {
  describe(`the clock is ${Math.abs(hours)} h ${hours > 0 ? "ahead" : "behind"}`, () => {
    const home = homeForWindow();
    const env = wrongClock(hours);
    const asked = [];
    let server;
    let relay;
    let window;
    after(async () => {
      await window?.close();
      relay?.close();
      server?.close();
    });

    test("signing in and the database login work, and the window says that the clock is wrong", async () => {
      // Renewed two minutes before its end, so within the first minute by the right clock.
      server = await openServer({ DATABASE_LOGIN_LIFE: "140s", STAFF_ACCESS_LIFE: "15m" });
      relay = await openRelay((_, path) => asked.push(path), server.url);
      window = await signedIn(relay.url, { home, env });
      const off_ms = (await window.run(() => Date.now())) - Date.now();
      assert.ok(Math.abs(off_ms - hours * HOUR_MS) < HOUR_MS / 2, `the window’s own clock is ${off_ms} ms off`);
      await window.run(watchForStale);
      await window.sees(says);
      await window.look(`clock-${hours > 0 ? "ahead" : "behind"}`);
    });

    test("a change goes through with the token that signing in gave, and every age is the database’s", async () => {
      const chloe = await atRest("chloe");
      await openUser(window, chloe.email);
      const turnBack = await turnDials({ pace: 0.2 });
      try {
        await window.press("Enable…");
        await confirm(window, "Enable");
        await window.sees("Started.");
      } finally {
        await turnBack();
      }
      await window.sees("Demo mode is enabled.", 60_000);
      await window.press("Done");
      const all = await until("ages stand on the page", async () => {
        const found = await window.run(ages);
        return found.some(({ at }) => Date.now() - Date.parse(at) < HOUR_MS) ? found : null;
      }).catch((error) => window.explain(error));
      assert.deepEqual(wrongAges(all), []);
      for (const place of ["Now", "Jobs", "Sessions", "Workers", "Audit"]) {
        await window.open(place);
        await until(`ages stand on ${place}`, async () => (await window.run(ages)).length > 0).catch((error) => window.explain(error));
        assert.deepEqual(wrongAges(await window.run(ages)), [], place);
      }
      assert.deepEqual(asked.filter((path) => path.endsWith("/auth/refresh")), [], "a good token is not renewed at each request");
    });

    test("the database login is renewed before it ends", async () => {
      const logins = () => logOf(home, 1_000_000).split("Got a database login").length - 1;
      await until("another login was given", () => logins() >= 2, 60_000).catch((error) => window.explain(error));
      await window.sees("live · ");
    });

    test("nothing was called stale that is not, what is stale is, with the database’s time, and it recovers", async () => {
      assert.deepEqual(await window.run(() => window.__stale), []);
      const frozen_ms = Date.now();
      const thaw = freezeDatabase();
      try {
        await window.sees("stale since", 60_000);
        await window.sees("Changes are blocked");
        const [, time] = /stale since (\d\d:\d\d):\d\d/.exec(await window.text());
        const told = (ms) => new Date(ms).toTimeString().slice(0, 5);
        const minutes = [];
        for (let ms = frozen_ms - 60_000; ms <= Date.now() + 60_000; ms += 30_000) minutes.push(told(ms));
        assert.ok(minutes.includes(time), `stale since ${time}, and it is ${told(Date.now())}`);
      } finally {
        thaw();
      }
      await window.sees("live · ", 60_000);
      await window.seesNot("Changes are blocked");
    });

    test("the window is closed and opened again: still signed in, by the keychain", async () => {
      await window.close();
      window = await openWindow({ home, env, signIn: "keychain" });
      await window.sees("live · ");
      await window.sees(says);
      await window.open("Jobs");
      await until("ages stand there", async () => (await window.run(ages)).length > 0).catch((error) => window.explain(error));
      assert.deepEqual(wrongAges(await window.run(ages)), []);
    });

    test("a certificate that is good by the right clock and not by this one is refused, and the clock is named", async () => {
      const ours = newAuthority("Our own");
      // Good for the next hour only, or from this moment on.
      const front = await openFront(server.address, ours.issue(hours > 0 ? wrongClock(-23) : {}));
      const elsewhere = homeForWindow();
      knowEnvironment(elsewhere, { api_url: front.url, authority: ours.pem });
      const other = await openWindow({ home: elsewhere, env, signIn: "keychain" });
      try {
        await other.sees("Sign in to Repruv Ops");
        await signIn(other);
        await other.sees(until_words);
        await other.sees("Your password was not sent.");
        assert.ok(!front.opened().includes(stack.staff.password));
        // What a run leaves behind is searched for it.
        await other.fill("Password", "-");
      } finally {
        await other.close();
        front.close();
      }
    });
  });
}
