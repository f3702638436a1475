// Records that contradict each other, as only somebody who goes past the rules can leave them: each brought in step by keyboard.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { atRest, sceneWithWindow } from "../lib/scene.mjs";
import { stack } from "../lib/stack.mjs";
import { fixByKeys, isConfirmed, pastTheRules, verdictSays, waiting } from "../lib/triage.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

test("at rest, nothing is wrong", async () => {
  const chloe = await atRest("chloe");
  await verdictSays(scene.window, "user", chloe.id, "Nothing is wrong", { not: ["failed"] });
});

test("in progress while no job does it; reset", async () => {
  const { window } = scene;
  const hana = await atRest("hana");
  await hana.enable();
  await hana.reaches("enabled");
  await hana.disable();
  await hana.reaches("disabled");
  // Her last job was a removal: nothing turns demo mode on.
  await pastTheRules("users", "UPDATE users SET demo_mode_status = 'enabling', demo_mode_changed_at = now(), demo_mode_version = demo_mode_version + 1 WHERE id = $1", [hana.id]);
  await verdictSays(window, "user", hana.id, "but no job does it", { not: ["has ended"] });
  await fixByKeys(window, "Reset demo mode", { reason: "Its job is gone" });
  await isConfirmed(window);
  await hana.reaches("disabled");
});

test("the job has ended and the user was not moved along; brought in step", async () => {
  const { window } = scene;
  const { one, jobId, open } = await waiting("ines");
  try {
    await pastTheRules("background_jobs", "UPDATE background_jobs SET status = 'failed', attempt = 1, completed_at = now(), dedupe_key = NULL, error_message = 'by hand', version = version + 1 WHERE id = $1", [jobId]);
  } finally {
    await open();
  }
  await verdictSays(window, "user", one.id, "was not moved along", { not: ["no job does it"] });
  await fixByKeys(window, "Bring the user in step");
  await isConfirmed(window);
  await one.reaches("failed");
});

test("a job works for a user who does not wait for it; brought in step", async () => {
  const { window } = scene;
  const { one, open } = await waiting("ben");
  try {
    await pastTheRules("users", "UPDATE users SET demo_mode_status = 'disabled', demo_mode_version = demo_mode_version + 1 WHERE id = $1", [one.id]);
    await verdictSays(window, "user", one.id, "who does not wait for it", { not: ["is paused", "Nothing is wrong"] });
    await fixByKeys(window, "Bring the user in step");
    await verdictSays(window, "user", one.id, "is paused");
  } finally {
    await open();
  }
  await one.reaches("enabled");
  await isConfirmed(window);
});

test("the old switch says something else; brought in step", async () => {
  const { window } = scene;
  const jonas = await atRest("jonas");
  await pastTheRules("users", "UPDATE users SET demo_mode = NOT demo_mode WHERE id = $1", [jonas.id]);
  await verdictSays(window, "user", jonas.id, "The old demo switch says something else", { not: ["A profile exists"] });
  await fixByKeys(window, "Bring it in step");
  await isConfirmed(window);
  await verdictSays(window, "user", jonas.id, "Nothing is wrong");
});

for (const { name, is, end } of [
  { name: "luca", is: "there", end: "enabled" },
  { name: "keiko", is: "gone", end: "disabled" },
]) {
  test(`a profile is recorded, the state says no, and at the demo service it is ${is}: asked, and followed`, async () => {
    const { window } = scene;
    const one = await atRest(name);
    await one.enable();
    await one.reaches("enabled");
    const { profile_id } = await one.status();
    if (is === "gone") await removeAtTheService(profile_id);
    await pastTheRules("users", "UPDATE users SET demo_mode_status = 'disabled', demo_mode = false, demo_mode_changed_at = now(), demo_mode_version = demo_mode_version + 1 WHERE id = $1", [one.id]);
    await verdictSays(window, "user", one.id, "A profile exists, but demo mode is not on", { not: ["old demo switch", "failed"] });
    await fixByKeys(window, "Ask the demo service");
    await one.reaches(end);
    await verdictSays(window, "user", one.id, "Nothing is wrong");
    await isConfirmed(window);
    assert.equal((await one.status()).profile_id ?? null, is === "there" ? profile_id : null);
  });
}

/** Past Repruv: at the demo service itself. */
async function removeAtTheService(profileId) {
  const url = `${stack.simulator_url}/profiles/${profileId}`;
  const key = randomUUID();
  await until("the profile is gone", async () => {
    await fetch(url, { method: "DELETE", headers: { "idempotency-key": key } });
    return [404, 410].includes((await fetch(url)).status);
  });
}
