import assert from "node:assert/strict";
import { test } from "node:test";
import { turnDials } from "../lib/stack.mjs";
import { atRest, confirm, demoModeIs, openUser, sceneWithWindow } from "../lib/scene.mjs";

const scene = sceneWithWindow();

test("demo mode is enabled with a preset and watched until it is there", async () => {
  const { window } = scene;
  const chloe = await atRest("chloe");
  await openUser(window, chloe.email);
  await window.press("Enable…");
  await window.press("Mid-Tier Creator");
  await confirm(window, "Enable");
  await window.sees("Accepted: the intent is stored");
  await window.sees("Demo mode is enabled.", 30_000);
  await window.press("Done");
  await demoModeIs(window, "Enabled");
});

test("disabling shows what was removed", async () => {
  const { window } = scene;
  await window.press("Disable…");
  await confirm(window, "Disable");
  await window.sees("Demo mode is disabled.", 30_000);
  await window.press("Done");
  await window.sees("Removed by the last disable");
  await window.sees("reviews");
});

test("an operation in progress is cancelled, and what it made is removed", async () => {
  const { window } = scene;
  const turnBack = await turnDials({ pace: 1 });
  try {
    const dmitri = await atRest("dmitri");
    await openUser(window, dmitri.email);
    await window.press("Enable…");
    await confirm(window, "Enable");
    await window.sees("Started.");
    await window.press("Close");
    await window.press("Cancel operation…");
    await confirm(window, "Cancel operation");
    await turnBack();
    await dmitri.reaches("disabled");
    await window.press("Done");
  } finally {
    await turnBack();
  }
});

test("a failure says why and is mended by a retry", async () => {
  const { window } = scene;
  const elif = await atRest("elif");
  const turnBack = await turnDials({ refuse: "the niche is not on offer today" });
  try {
    await elif.enable();
    await elif.reaches("failed");
  } finally {
    await turnBack();
  }
  await openUser(window, elif.email);
  await window.sees("the niche is not on offer today");
  await window.press("Retry…");
  await confirm(window, "Retry");
  await window.sees("Demo mode is enabled.", 30_000);
  await window.press("Done");
});

test("pressing twice makes one job", async () => {
  const { window } = scene;
  const farah = await atRest("farah");
  await openUser(window, farah.email);
  const made = () => window.run(() => document.body.innerText.split("Asked for twice").length - 1);
  assert.equal(await made(), 0);
  await window.press("Enable…");
  await window.fill("Reason, for the audit trail", "Asked for twice");
  const button = await window.find("[role=dialog] button, [role=alertdialog] button", "Enable");
  await window.run((element) => {
    element.click();
    element.click();
  }, button);
  await window.sees("Demo mode is enabled.", 30_000);
  await window.press("Done");
  await window.sees("Asked for twice");
  assert.equal(await made(), 1);
});
