// What many tests begin with.

import { after, before } from "node:test";
import { customer } from "./stack.mjs";
import { openWindow } from "./window.mjs";

/** One signed-in window for the tests of a file. */
export function sceneWithWindow(options) {
  const scene = { window: null };
  before(async () => {
    scene.window = await openWindow(options);
    await scene.window.sees("live · ");
  });
  after(() => scene.window?.close());
  return scene;
}

/** A customer of this test's own, at rest. */
export async function atRest(name) {
  return (await customer(name)).reset();
}

/** Opens a customer's page as a person would: by searching. */
export async function openUser(window, email) {
  // What an earlier, failed test left open must not stand in the way of this one.
  while (await window.run(() => document.querySelector("[role=dialog], [role=alertdialog]") !== null)) {
    await window.keys("Escape");
    if (await window.run(() => document.querySelector("[role=dialog], [role=alertdialog]") !== null)) await window.browser.refresh();
  }
  await window.open("Users");
  await window.fill("Search users", email);
  const row = await window.find("[role=row][data-id]", email).catch(() => null);
  await (row ?? (await window.find("[role=row][data-id] *", email))).click();
  await window.find("h1", email);
  await window.find("h2", "Demo mode");
}

/** Gives the reason that every change asks for, and confirms. */
export async function confirm(window, words, reason = "Asked for by the customer, end-to-end test") {
  await window.fill("Reason, for the audit trail", reason);
  await window.press(words);
}
