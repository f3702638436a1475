// Specs one after the other, each in a process of its own, as one report.

import { basename } from "node:path";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec as Reporter } from "node:test/reporters";

/** No spec takes half of it, on a machine that is half as fast. */
const SPEC_MS = 240_000;
/** A run in which something failed is broken off then: each further failure may cost its whole wait. */
const FAILING_RUN_MS = 10 * 60_000;

/** Runs them; `between(failed)` puts in order what a spec left. Answers how many tests failed. */
export async function runSpecs(files, between) {
  const began_ms = Date.now();
  const report = new PassThrough({ objectMode: true });
  const printed = report.pipe(new Reporter());
  printed.pipe(process.stdout, { end: false });
  const count = { passed: 0, failed: 0 };
  const stop = new AbortController();
  let timer;
  const took = [];
  for (const [at, file] of files.entries()) {
    const spec_ms = Date.now();
    if (stop.signal.aborted) {
      const names = files.slice(at).map((name) => basename(name));
      process.stdout.write(`\nSomething failed, and the time of a failing run is up. Not run: ${names.join(", ")}\n`);
      break;
    }
    const failedBefore = count.failed;
    for await (const event of run({ files: [file], concurrency: 1, timeout: SPEC_MS, signal: stop.signal })) {
      const { type, data } = event;
      // Totals of one spec; those of the run are told at its end.
      if (type === "test:diagnostic" && data.nesting === 0 && data.file === undefined) continue;
      if (type === "test:pass") count.passed += 1;
      if (type === "test:fail") {
        count.failed += 1;
        timer ??= setTimeout(() => stop.abort(), Math.max(0, began_ms + FAILING_RUN_MS - Date.now()));
      }
      report.write(event);
    }
    took.push(`${basename(file, ".mjs")} ${Math.round((Date.now() - spec_ms) / 1_000)} s`);
    await between(count.failed > failedBefore);
  }
  clearTimeout(timer);
  report.end();
  await finished(printed);
  console.log(`${count.passed} passed, ${count.failed} failed in ${Math.round((Date.now() - began_ms) / 1_000)} s: ${took.join(", ")}`);
  return count.failed;
}
