/** Times on the screen are compared with the database's clock, not with this machine's, which may be wrong. */

let skew_ms = 0;

/** Less than this may be the network, and misleads nobody. */
const WRONG_MS = 60_000;

/** @param asOf database time of a read that ended `age_ms` ago. */
export function setServerTime(asOf: string, age_ms: number): void {
  const skew = Date.parse(asOf) + age_ms - Date.now();
  if (Number.isFinite(skew)) skew_ms = skew;
}

/** Milliseconds since the epoch, by the database; `own_ms`: at this moment by this machine. */
export function serverNow(own_ms = Date.now()): number {
  return own_ms + skew_ms;
}

/** How far this machine's clock is ahead of the database's, in seconds, negative behind; `null` while it is right enough. */
export function clockError(): number | null {
  return Math.abs(skew_ms) < WRONG_MS ? null : -skew_ms / 1_000;
}
