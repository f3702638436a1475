// Which rules of accessibility the page breaks.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Each broken rule with the elements that break it; none is good. */
export async function problems(window) {
  await window.run(`if (window.axe === undefined) { ${axe} }`);
  return window.browser.executeAsync((done) => {
    window.axe
      .run(document, { resultTypes: ["violations"] })
      .then(({ violations }) => done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)), (error) => done([String(error)]));
  });
}
