// All sessions of a user, where one person alone may not end them: planned by one, approved by another, each in a window.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { problems } from "../lib/axe.mjs";
import { asOwner } from "../lib/database.mjs";
import { confirm, openUser, signedIn } from "../lib/scene.mjs";
import { openNotifications } from "../lib/notifications.mjs";
import { hire, openServer } from "../lib/server.mjs";
import { customer } from "../lib/stack.mjs";
import { until } from "../lib/until.mjs";
import { logOf } from "../lib/window.mjs";

let server;
let planner;
let approver;
let colleague;
let daemon;
before(async () => {
  server = await openServer({ SECOND_PERSON_OVER: "20" });
  daemon = await openNotifications();
  colleague = hire("colleague");
  approver = await signedIn(server.url, { staff: colleague, theme: "dark" });
  await approver.open("Settings");
  await approver.press("On");
  planner = await signedIn(server.url, { theme: "light" });
});
after(async () => {
  daemon?.close();
  for (const window of [planner, approver]) await window?.close();
  server?.close();
});

const longAgo = (email) =>
  asOwner((client) => client.query("UPDATE staff_sessions SET authenticated_at = now() - interval '6 minutes' WHERE staff_id = (SELECT id FROM staff WHERE email = $1)", [email]));

test("all sessions of one user end only when a colleague has agreed, and every sign-in until then with them", async () => {
  const laptop = await customer("ines");
  await openUser(planner, laptop.email);
  await planner.press("Revoke all…");
  await planner.sees("A colleague must approve this here.");
  await planner.look("revoke-by-two");
  assert.deepEqual(await problems(planner), []);
  await confirm(planner, "Make the plan", "The password was leaked");
  await planner.find("h1", "Revoke all sessions of 1 user");
  await planner.sees("1 will change");
  await planner.look("revoke-by-two-plan");
  await planner.press("Revoke all sessions of 1 user…");
  await planner.sees("This cannot be undone");
  await planner.look("revoke-by-two-confirm");
  // Looks come every ten seconds, and what was there at the first is not news.
  await until("the approver’s window has looked once", () => logOf(approver.home, 1_000_000).includes("Plans that newly wait for this person are told from now on"));
  await planner.press("Ask a second person");
  await planner.sees("It waits for a colleague");
  await planner.look("revoke-by-two-waits");
  const own = await planner.find("button", "Approve: Revoke all sessions of 1 user");
  assert.equal(await own.getAttribute("aria-disabled"), "true");
  const phone = await customer("ines");
  assert.deepEqual([await laptop.knock(), await phone.knock()], [200, 200]);

  await planner.open("Now");
  await planner.sees("Waits for a colleague 1");
  await planner.look("now-waits-for-colleague");
  await daemon.says("A plan waits for your approval.");
  assert.doesNotMatch(daemon.told(), /ines|@/i, "nothing tells who it is");
  await approver.open("Now");
  await approver.sees("Waits for your approval 1");
  await approver.look("now-waits-for-you");
  assert.deepEqual(await problems(approver), []);
  daemon.press();
  await approver.find("h1", "Revoke all sessions of 1 user");
  await approver.sees("1 will change");
  await longAgo(colleague.email);
  await approver.press("Approve: Revoke all sessions of 1 user…");
  await confirm(approver, "Approve and begin", "Spoke with the customer");
  await approver.sees("needs a password that was given in the last five minutes");
  await approver.look("revoke-by-two-approve");
  assert.deepEqual([await laptop.knock(), await phone.knock()], [200, 200]);
  await approver.fill("Your password", colleague.password);
  await approver.press("It is me: go on");
  await approver.sees("Completed");
  await planner.findNot("h2", "Waits for a colleague");
  await planner.open("Bulk");
  await (await planner.find("[role=grid] [role=row][data-id] *", "Revoke all sessions of 1 user")).click();
  await planner.sees("Completed");
  await planner.sees("1 done");
  assert.deepEqual([await laptop.knock(), await phone.knock()], [401, 401]);
  assert.equal(await (await customer("ines")).knock(), 200);
});

test("users are chosen on their list as for every plan", async () => {
  const one = await customer("hana");
  await planner.open("Users");
  await planner.fill("Search users", one.email);
  await until("nobody else is listed", () => planner.run(() => document.querySelectorAll("[role=grid] [role=row][data-id]").length === 1));
  await (await planner.browser.$("[role=row][data-id] [data-check]")).click();
  await planner.press("All that match");
  await planner.look("revoke-by-two-selected");
  await planner.press("Revoke all sessions…");
  await confirm(planner, "Make the plan", "The password was leaked");
  await planner.find("h1", "Revoke all sessions of 1 user");
  await planner.sees(`all users with search “${one.email}”`);
  await planner.press("Discard…");
  await confirm(planner, "Discard", "Only to see it");
  await planner.sees("Discarded");
  assert.equal(await one.knock(), 200);
});
