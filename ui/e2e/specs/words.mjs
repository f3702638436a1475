// An error that no rule has words for: an admin writes some, and from then on its verdicts and replies use them.

import { test } from "node:test";
import { asOwner } from "../lib/database.mjs";
import { atRest, confirm, sceneWithWindow } from "../lib/scene.mjs";
import { turnDials } from "../lib/stack.mjs";
import { verdictSays } from "../lib/triage.mjs";

const scene = sceneWithWindow();
const SAMPLE = "the e2e niche is not on offer";

test("an error needs words; once an admin has written them, the verdict says them and the reply is at hand", async () => {
  const { window } = scene;
  const ana = await atRest("ana");
  const turnBack = await turnDials({ refuse: SAMPLE });
  try {
    await ana.enable();
    await ana.reaches("failed");
  } finally {
    await turnBack();
  }
  await verdictSays(window, "user", ana.id, "Turning demo mode on failed for good");
  await window.sees(SAMPLE);
  const { job } = await ana.status();
  // The roll-up looks at minutes that are over.
  await asOwner((client) => client.query("UPDATE background_jobs SET completed_at = completed_at - interval '3 minutes' WHERE id = $1", [job.job_id]));
  await asOwner((client) => client.query("UPDATE job_stats_watermark SET through = date_trunc('minute', now() - interval '10 minutes')"));
  await window.open("Settings");
  await window.sees(SAMPLE, 90_000);
  await window.run((sample) => [...document.querySelectorAll("li")].find((line) => line.innerText.includes(sample)).querySelector("button").focus(), SAMPLE);
  await window.keys("Enter");
  await window.fill("What it is called", "The niche is not on offer");
  await window.fill("What the customer sees", "A note that the niche is not on offer.");
  await window.fill("Reply for the ticket", "Please choose another niche.");
  await window.look("error-words");
  await confirm(window, "Save the words", "Seen often");
  await window.sees("The words are saved.");
  await window.press("Done");
  await window.sees("The niche is not on offer");
  await verdictSays(window, "user", ana.id, "Turning demo mode on failed for good");
  await window.sees("The niche is not on offer.");
  await window.sees("A note that the niche is not on offer.");
  await window.look("verdict-with-words");
  await window.press("Copy reply");
  await window.sees("Copied the reply for the ticket.");
});
