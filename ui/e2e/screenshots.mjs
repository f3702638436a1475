// Pictures of every screen of the real window, light and dark: `node e2e/screenshots.mjs --out DIR`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { alone } from "./lib/alone.mjs";
import { places } from "./lib/places.mjs";
import { openUser } from "./lib/scene.mjs";
import { customer, turnDials } from "./lib/stack.mjs";
import { knowEnvironment, homeForWindow, openWindow } from "./lib/window.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: process.env.REPRUV_E2E_OUT ?? "screenshots" } } });
alone(import.meta.filename);
mkdirSync(values.out, { recursive: true });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Something of everything: running, done, failed, scheduled. */
async function life() {
  const [ana, ben, chloe, dmitri, elif] = await Promise.all(["ana", "ben", "chloe", "dmitri", "elif"].map((name) => customer(name)));
  for (const one of [ana, ben, chloe, dmitri, elif]) await one.reset();
  await ana.enable("mid_tier_creator");
  await ana.reaches("enabled", 60_000);
  const turnBack = await turnDials({ refuse: "the niche is not on offer today" });
  await ben.enable();
  await ben.reaches("failed");
  await turnBack();
  const slowly = await turnDials({ pace: 1 });
  const { job_id } = await chloe.enable("mid_tier_creator");
  await dmitri.enable("established_brand");
  await pause(1_500);
  return { userId: chloe.id, jobId: job_id, failed: ben, rest: elif, end: slowly };
}

const scene = await life();
let number = 0;
const file = (name, theme) => join(values.out, `${String(++number).padStart(2, "0")}-${name}-${theme}.png`);

for (const theme of ["light", "dark"]) {
  number = 0;
  const window = await openWindow({ theme });
  await window.sees("live · ");
  // Nothing lies under the pointer.
  await window.browser.action("pointer").move({ x: 1, y: 1 }).perform();
  for (const place of places(scene)) {
    await window.go(place.path);
    await window.sees(place.says);
    await pause(500);
    await window.picture(file(place.name, theme));
  }
  await openUser(window, scene.failed.email);
  await pause(400);
  await window.picture(file("user-failed", theme));
  await window.keys("f");
  await pause(400);
  await window.picture(file("fix", theme));
  await window.keys("Escape");
  await openUser(window, scene.rest.email);
  await window.press("Enable…");
  await pause(400);
  await window.picture(file("enable", theme));
  await window.press("Cancel");
  await window.keys("Control", "k");
  await pause(400);
  await window.picture(file("palette", theme));
  await window.close();

  const home = homeForWindow();
  knowEnvironment(home, { theme, kind: "production", name: "Production EU" });
  const signedOut = await openWindow({ home, signIn: "keychain" });
  await signedOut.sees("Sign in to Repruv Ops");
  await pause(300);
  await signedOut.picture(file("sign-in", theme));
  await signedOut.close();
}
await scene.end();
