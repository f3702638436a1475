// Run by hand, without a screen: gives the tests one, with a session bus and a keychain, and runs the program again in it.

import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IN_SESSION = `
printf local | gnome-keyring-daemon --foreground --components=secrets --unlock >/dev/null 2>&1 &
keyring=$!
trap 'kill "$keyring" 2>/dev/null' EXIT
"$@"
`;

/** Does nothing where there is a screen. */
export function alone(program) {
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return;
  const home = mkdtempSync(join(tmpdir(), "repruv-ops-home-"));
  const inner = ["dbus-run-session", "--", "bash", "-c", IN_SESSION, "alone", process.execPath, program, ...process.argv.slice(2)];
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1", LC_ALL: "C.UTF-8" };
  const { status } = spawnSync("xvfb-run", ["-a", "-s", "-screen 0 1440x900x24", ...inner], { stdio: "inherit", env });
  process.exit(status ?? 1);
}
