// The program is started where it cannot open a window.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { homeForWindow } from "../lib/window.mjs";

for (const [where, env] of [
  ["without a display", {}],
  ["with a display that is gone", { DISPLAY: ":4711" }],
]) {
  test(`the program is started ${where}: one line says so, and nothing crashes`, () => {
    const { DISPLAY: _, WAYLAND_DISPLAY: __, ...rest } = process.env;
    const { status, stderr } = spawnSync(process.env.REPRUV_E2E_BIN, [], {
      env: { ...rest, REPRUV_OPS_DATA_DIR: homeForWindow(), ...env },
      encoding: "utf8",
      timeout: 30_000,
    });
    const said = stderr.split("\n").filter((line) => line !== "" && !line.includes("cannot open display"));
    assert.equal(status, 1, stderr);
    assert.equal(said.length, 1, stderr);
    assert.match(said[0], /^Repruv Ops needs a display to open its window on, .* — start it in a desktop session$/);
  });
}
