// What many tests begin with.

import { after, before } from "node:test";
import { customer, stack } from "./stack.mjs";
import { knowSecret } from "./sweep.mjs";
import { until } from "./until.mjs";
import { homeForWindow, knowEnvironment, openWindow } from "./window.mjs";

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

/** Opens a window that knows the API at this address, and signs in by hand. */
export async function signedIn(api_url, { home = homeForWindow(), staff = stack.staff, theme = "system", ...options } = {}) {
  knowEnvironment(home, { api_url, theme });
  const window = await openWindow({ home, signIn: "keychain", ...options });
  try {
    await window.sees("Sign in to Repruv Ops");
    await signIn(window, staff);
    await window.sees("live · ");
    return window;
  } catch (error) {
    await window.close();
    throw error;
  }
}

/** Fills in the sign-in form and sends it. */
export async function signIn(window, { email, password } = stack.staff) {
  knowSecret(password);
  await window.fill("E-mail", email);
  await window.fill("Password", password);
  await window.press("Sign in");
}

/** A customer of this test's own, at rest; of several names, those customers by name. */
export async function atRest(name, ...others) {
  if (others.length === 0) return (await customer(name)).reset();
  const all = await Promise.all([name, ...others].map(async (each) => [each, await atRest(each)]));
  return Object.fromEntries(all);
}

/** Opens a customer's page as a person would: by searching. */
export async function openUser(window, email) {
  // What an earlier, failed test left open must not stand in the way of this one.
  const inTheWay = () => window.run(() => document.querySelector("[role=dialog], [role=alertdialog]") !== null);
  if (await inTheWay()) await window.keys("Escape");
  if (await inTheWay()) await window.browser.refresh();
  await window.open("Users");
  await window.fill("Search users", email);
  // A row can move away under the click while the list is still being read; a person clicks again.
  await until(`${email} is open`, async () => {
    await (await window.find("[role=row][data-id] *", email)).click();
    return window.find("h1", email, 1_000).catch(() => null);
  });
  await window.find("h2", "Demo mode");
}

/** Gives the reason that every change asks for, and confirms. */
export async function confirm(window, words, reason = "Asked for by the customer, end-to-end test") {
  await window.fill("Reason, for the audit trail", reason);
  await window.press(words);
}

/** Waits until the demo mode card of the open user says this state. Its diagram names all states, so the page's text does not do. */
export function demoModeIs(window, word, within_ms = 60_000) {
  const card = (word) => document.querySelector("section[aria-labelledby=user-demo] header")?.innerText.includes(word) ?? false;
  return until(`demo mode says ${word}`, () => window.run(card, word), within_ms).catch((error) => window.explain(error));
}
