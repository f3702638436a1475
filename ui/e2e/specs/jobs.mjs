import { test } from "node:test";
import { atRest, sceneWithWindow } from "../lib/scene.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();

const row = (window, email, state) =>
  until(`a row of ${email} says ${state}`, () =>
    window.run((email, state) => [...document.querySelectorAll("[role=row][data-id]")].some((row) => row.innerText.includes(email) && row.innerText.includes(state)), email, state),
  ).catch((error) => window.explain(error));

test("a new job appears and finishes without a click", async () => {
  const { window } = scene;
  const ana = await atRest("ana");
  await window.open("Jobs");
  await window.find("[role=grid]", "Jobs");
  await ana.enable();
  await row(window, ana.email, "Running");
  await row(window, ana.email, "Completed");
});

test("a deep link given to a second start opens the job in the first window", async () => {
  const { window } = scene;
  const ben = await atRest("ben");
  const { job_id } = await ben.enable();
  const { spawnSync } = await import("node:child_process");
  spawnSync(process.env.REPRUV_E2E_BIN, [`repruv-ops://job/${job_id}`], { env: { ...process.env, REPRUV_OPS_DATA_DIR: window.home }, timeout: 30_000 });
  await window.find("aside", "Job");
  await window.sees(ben.email);
  await ben.reaches("enabled");
  await window.look("job");
});
