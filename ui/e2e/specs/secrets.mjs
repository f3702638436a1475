// What a window is given in secret — password, tokens, the database login — goes to the keychain and nowhere else. What this
// test gets to know is also looked for in all that the whole run leaves behind: see `run.mjs`.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openKeychain } from "../lib/keychain.mjs";
import { openRelay } from "../lib/relay.mjs";
import { places } from "../lib/places.mjs";
import { family } from "../lib/processes.mjs";
import { atRest, confirm, openUser, signedIn } from "../lib/scene.mjs";
import { hire } from "../lib/server.mjs";
import { keepEvidence, knowSecret, sweep } from "../lib/sweep.mjs";

const told = { access_token: new Set(), refresh_token: new Set(), password: new Set() };
let ear;
let keychain;
let window;
let person;

before(async () => {
  ear = await openRelay((text) => {
    for (const [, name, secret] of text.matchAll(/"(access_token|refresh_token|password)":"([^"]+)"/g)) {
      told[name].add(secret);
      knowSecret(secret);
    }
  });
  keychain = await openKeychain();
  person = hire("keeper");
  window = await signedIn(ear.url, { staff: person, env: keychain.env });
});
after(async () => {
  await window?.close();
  ear?.close();
  keychain?.close();
});

test("after a day's work no secret stands in page, files, words or variables, and the keychain has them", async () => {
  const dmitri = await atRest("dmitri");
  await openUser(window, dmitri.email);
  await window.press("Enable…");
  await confirm(window, "Enable");
  await window.sees("Demo mode is enabled.", 60_000);
  await window.press("Done");
  const { job } = await dmitri.status();
  for (const place of places({ userId: dmitri.id, jobId: job?.id ?? job?.job_id })) {
    await window.go(place.path);
    await window.sees(place.says);
  }
  await window.open("Settings");
  await window.press("Copy diagnostics");
  await window.sees("Freshness");
  assert.ok(told.access_token.size > 0 && told.refresh_token.size > 0 && told.password.size > 0, "the test heard what the window was given");
  await keepEvidence(window, family(window.driverPid));
  const { hits, files } = sweep(window.home, process.env.REPRUV_E2E_SECRETS);
  assert.ok(files > 3, `${files} files`);
  assert.deepEqual(hits, []);
  const kept = keychain.secrets().map((secret) => Buffer.from(secret, "base64").toString()).join("\n");
  assert.ok([...told.refresh_token].some((token) => kept.includes(token)), "the refresh token is in the keychain");
  assert.ok(![...told.access_token].some((token) => kept.includes(token)), "the access token is in memory only");
  assert.ok(!kept.includes(person.password), "the password is kept nowhere");
});

test("what looks for secrets finds one", async () => {
  const leak = join(window.home, "leak.txt");
  writeFileSync(leak, `Bearer ${[...told.access_token][0]}`);
  assert.equal(sweep(window.home, process.env.REPRUV_E2E_SECRETS).hits.length, 2, "as a token, and as a known secret");
  rmSync(leak);
});

test("signing out takes the secrets out of the keychain", async () => {
  assert.equal(keychain.count(), 1);
  await window.press("Signed in as");
  await window.press("Sign out");
  await window.sees("Sign in to Repruv Ops");
  assert.equal(keychain.count(), 0);
});
