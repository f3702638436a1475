// Programs whose machine's clock is wrong, by the library of Debian's faketime.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The variables under which a program's clock is off by so many hours, and ticks evenly all the same. */
export function wrongClock(hours) {
  const libraries = readdirSync("/usr/lib").map((name) => join("/usr/lib", name, "faketime", "libfaketimeMT.so.1"));
  const library = libraries.find((file) => existsSync(file));
  if (library === undefined) throw new Error("the package faketime is not installed: run `cargo xtask setup`");
  return {
    LD_PRELOAD: library,
    FAKETIME: `${hours < 0 ? "-" : "+"}${Math.abs(hours)}h`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
    // Each process reads it for itself: nothing is left in shared memory when one is killed.
    FAKETIME_DISABLE_SHM: "1",
  };
}
