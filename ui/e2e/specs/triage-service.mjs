// The demo service as the cause, in each of its ways to fail. Between two attempts lie minutes, so that they can be looked at:
// once the service is well again, the fix is to try again now.

import { after, before, test } from "node:test";
import { replaceWorker } from "../lib/breaking.mjs";
import { atRest, sceneWithWindow } from "../lib/scene.mjs";
import { stack, turnDials } from "../lib/stack.mjs";
import { fixByKeys, isConfirmed, verdictSays } from "../lib/triage.mjs";
import { openWay } from "../lib/way.mjs";

const NEIGHBOURS = ["cannot be reached", "reports faults", "is slow", "failed for good"];

const scene = sceneWithWindow();
let way;
let asBefore;
before(async () => {
  way = await openWay(new URL(stack.simulator_url).host);
  asBefore = await replaceWorker({ words: ["--retry-base", "4m"], environment: { DEMO_SERVICE_URL: way.url } });
});
after(async () => {
  await asBefore?.();
  way?.close();
});

/** Somebody else's work shows that the service is well again; then the one who waits is tried again by key. */
async function triedAgain(one, other) {
  const { window } = scene;
  const somebody = await atRest(other);
  await somebody.enable();
  await somebody.reaches("enabled", 60_000);
  await verdictSays(window, "user", one.id, "Tried again in", { not: ["Waiting for its time", "failed for good"] });
  await fixByKeys(window, "Try again now");
  await isConfirmed(window);
  await one.reaches("enabled", 60_000);
}

for (const { name, other, what, says, disturb } of [
  {
    name: "ines",
    other: "jonas",
    what: "the demo service reports faults, which is not its silence",
    says: "The demo service reports faults",
    disturb: () => turnDials({ error_rate: 1, error_status: 500 }),
  },
  {
    name: "keiko",
    other: "luca",
    what: "the demo service takes no connection, which is not a fault of its own",
    says: "The demo service cannot be reached",
    disturb: async () => {
      way.down();
      return () => way.heal();
    },
  },
  {
    name: "hana",
    other: "chloe",
    what: "the demo service lets wait for its answers, which is not that it is away",
    says: "The demo service is slow",
    disturb: () => turnDials({ hang_rate: 1 }),
  },
]) {
  test(`${what}; once it is well, tried again at once by key`, async () => {
    const one = await atRest(name);
    const heal = await disturb();
    try {
      await one.enable();
      await verdictSays(scene.window, "user", one.id, says, { not: NEIGHBOURS.filter((words) => !says.includes(words)) });
    } finally {
      await heal();
    }
    await triedAgain(one, other);
  });
}

test("refused by the demo service, which no other attempt would change: failed for good, reset", async () => {
  const { window } = scene;
  const chloe = await atRest("chloe");
  const turnBack = await turnDials({ refuse: "the niche is not on offer today" });
  try {
    await chloe.enable();
    await verdictSays(window, "user", chloe.id, "Turning demo mode on failed for good", { not: ["Tried again", "reports faults"] });
  } finally {
    await turnBack();
  }
  await fixByKeys(window, "Reset demo mode", { reason: "Told the customer" });
  await isConfirmed(window);
  await chloe.reaches("disabled");
});
