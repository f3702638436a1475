import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { places } from "../lib/places.mjs";
import { customer } from "../lib/stack.mjs";
import { logOf, openWindow } from "../lib/window.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function problems(window) {
  await window.run(`if (window.axe === undefined) { ${axe} }`);
  return window.browser.executeAsync((done) => {
    window.axe
      .run(document, { resultTypes: ["violations"] })
      .then(({ violations }) => done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)), (error) => done([String(error)]));
  });
}

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

    for (const [index, name] of ["now", "jobs", "job", "users", "user", "sessions", "workers", "audit", "settings"].entries()) {
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
