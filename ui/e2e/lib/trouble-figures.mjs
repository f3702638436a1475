// How soon the window says that what it shows is old, and how soon it is live again; and that it goes on reading without the API.

import { freezeDatabase } from "./breaking.mjs";
import { percentile } from "./figures.mjs";
import { signedIn } from "./scene.mjs";
import { openServer } from "./server.mjs";
import { stack } from "./stack.mjs";
import { until } from "./until.mjs";
import { openWay } from "./way.mjs";

const ROUNDS = 7;
const SAMPLES = 20;

/** From the fault to the words, and from its end to "live", as the page's own clock has it; in whole milliseconds. */
export async function trouble(timesOfRows) {
  const toDatabase = await openWay(new URL(stack.database_url_owner).host);
  const server = await openServer({ READER_DATABASE_HOST: toDatabase.address });
  const toApi = await openWay(server.address);
  const window = await signedIn(toApi.url);
  try {
    await window.run(watchState);
    const database_frozen = await rounds(window, () => freezeDatabase());
    const way_silent = await rounds(window, async () => {
      await toDatabase.silence();
      return () => toDatabase.heal();
    });
    toApi.down();
    // Customers reach the API by another way.
    const without_api = await timesOfRows(window, SAMPLES);
    return { database_frozen, way_silent, without_api, bars: { stale_said_max_ms: 5_000, live_again_max_ms: 3_000, without_api_p95_ms: 150 } };
  } finally {
    await window.close();
    server.close();
  }
}

async function rounds(window, breakIt) {
  const said = [];
  const live = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await became(window, "live", 0);
    const broken_ms = Date.now();
    const mend = await breakIt();
    said.push((await became(window, "stale", broken_ms)) - broken_ms);
    const mended_ms = Date.now();
    await mend();
    live.push((await became(window, "live", mended_ms)) - mended_ms);
  }
  return { rounds: ROUNDS, stale_said_p50_ms: percentile(said, 0.5), stale_said_max_ms: percentile(said, 1), live_again_p50_ms: percentile(live, 0.5), live_again_max_ms: percentile(live, 1) };
}

/** Runs in the page: when its state changed, looked at fifty times a second. */
function watchState() {
  window.__states = [];
  setInterval(() => {
    const text = document.body.innerText;
    const now = ["stale since", "live · "].find((words) => text.includes(words));
    if (now !== undefined && now !== window.__states.at(-1)?.now) window.__states.push({ now, at: performance.timeOrigin + performance.now() });
  }, 20);
}

/** When the window last came into this state; waits until it is in it, and has come after `since_ms`. */
const became = (window, state, since_ms) =>
  until(`the window is ${state}`, async () => {
    const last = await window.run(() => window.__states.at(-1));
    return last?.now.startsWith(state) === true && last.at >= since_ms ? last.at : null;
  }).catch((error) => window.explain(error));
