import assert from "node:assert/strict";
import { test } from "node:test";
import { copy } from "../lib/clipboard.mjs";
import { atRest, openUser, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { isConfirmed, pauseQueue } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

test("from a customer's e-mail to fixed and observed in at most eight key presses", async () => {
  const { window } = scene;
  const ana = await atRest("ana");
  // The ticket is at hand: its e-mail was copied.
  await copy(window, ana.email);
  const open = await pauseQueue();
  try {
    await ana.enable();
    await window.open("Now");
    await window.run(() => document.activeElement.blur());
    let presses = 0;
    const press = async (...keys) => {
      presses += 1;
      await window.keys(...keys);
    };
    await press("Control", "k");
    await window.find("[role=dialog] [role=menuitem]", ana.email);
    await press("Enter");
    await until("the fix has the focus", () => window.run(() => document.activeElement?.closest("section[data-gravity]") !== null && document.activeElement?.tagName === "BUTTON")).catch((error) => window.explain(error));
    await press("Enter");
    await window.find("[role=dialog] h2", "Resume the queue");
    await until("Enter would be for it", () => window.run(() => document.activeElement?.closest("[role=dialog] footer") !== null));
    await press("Enter");
    await isConfirmed(window);
    assert.ok(presses <= 8, `${presses}`);
    console.log(`presses: ${presses}`);
    await ana.reaches("enabled");
    await window.open("Now");
    await window.sees("The queue was paused");
  } finally {
    await open();
  }
});

test("what moved while the preview was open is shown side by side, and nothing is written", async () => {
  const { window } = scene;
  const ben = await atRest("ben");
  const turnBack = await turnDials({ refuse: "the niche is not on offer today" });
  try {
    await ben.enable();
    await ben.reaches("failed");
    await openUser(window, ben.email);
    await window.sees("failed for good");
    await window.run(() => document.activeElement.blur());
    await window.keys("f");
    await window.find("[role=dialog] h2", "Reset demo mode");
    await ben.dismiss();
    await window.sees("Nothing was written");
    await window.sees("You saw");
    await window.press("Look at it as it is now");
    await window.sees("Nothing is wrong");
  } finally {
    await turnBack();
  }
});
