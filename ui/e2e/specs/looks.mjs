import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { problems } from "../lib/axe.mjs";
import { places } from "../lib/places.mjs";
import { customer } from "../lib/stack.mjs";
import { logOf, openWindow } from "../lib/window.mjs";

for (const theme of ["light", "dark"]) {
  describe(`in the ${theme} theme`, () => {
    let window;
    let all;
    before(async () => {
      const maya = await customer("ana");
      const { job } = await maya.status();
      const { job_id } = job ?? (await maya.enable());
      all = places({ userId: maya.id, jobId: job_id });
      window = await openWindow({ theme });
      await window.sees("live · ");
      await window.violations();
    });
    after(() => window?.close());

    for (const [index, name] of ["now", "jobs", "job", "users", "user", "sessions", "workers", "audit", "settings", "bulk"].entries()) {
      test(`${name} breaks no rule of accessibility`, async () => {
        const place = all[index];
        await window.go(place.path);
        await window.sees(place.says);
        assert.deepEqual(await problems(window), []);
      });
    }

    test("nothing was refused by the content security policy, and IPC did not fall back", async () => {
      assert.deepEqual(await window.violations(), []);
      assert.doesNotMatch(logOf(window.home), /postMessage|panicked/);
    });
  });
}
