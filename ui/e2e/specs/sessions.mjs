import assert from "node:assert/strict";
import { test } from "node:test";
import { customer } from "../lib/stack.mjs";
import { confirm, openUser, sceneWithWindow } from "../lib/scene.mjs";

const scene = sceneWithWindow();

test("a revoked session is refused by the API from then on, and the other one lives", async () => {
  const { window } = scene;
  const phone = await customer("hana", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1");
  const laptop = await customer("hana", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36");
  assert.deepEqual([await phone.knock(), await laptop.knock()], [200, 200]);
  await openUser(window, phone.email);
  await window.sees("iPhone");
  await (await window.find("a", "All sessions")).click();
  await (await window.find(`[role=row][data-id="${phone.sessionId}"]`, "")).click();
  await window.look("session");
  await window.press("Revoke…");
  await window.sees("This sign-in on this device.");
  await confirm(window, "Revoke");
  await window.sees("Seen in the database");
  await window.sees("the API refuses its access token and its refresh token");
  await window.press("Done");
  assert.deepEqual([await phone.knock(), await laptop.knock()], [401, 200]);
});

test("all sessions of a user are revoked at once", async () => {
  const { window } = scene;
  const [one, two] = [await customer("ines"), await customer("ines")];
  await openUser(window, one.email);
  await window.press("Revoke all…");
  await confirm(window, "Revoke all");
  await window.sees("Seen in the database");
  await window.press("Done");
  await window.sees("0 active");
  assert.deepEqual([await one.knock(), await two.knock()], [401, 401]);
});

test("only the sessions on one device are revoked", async () => {
  const { window } = scene;
  const phone = await customer("hana", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1");
  const laptop = await customer("hana", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36");
  await openUser(window, phone.email);
  await window.press("Revoke all…");
  await window.choose("Which", "Only on Chrome on Windows");
  await window.find("[role=dialog] button, [role=alertdialog] button", "Revoke these");
  await window.look("revoke-device");
  await confirm(window, "Revoke these");
  await window.sees("the API refuses its access token and its refresh token");
  await window.press("Done");
  assert.deepEqual([await phone.knock(), await laptop.knock()], [200, 401]);
});
