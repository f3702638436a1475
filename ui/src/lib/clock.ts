/** Times on the screen are compared with the database's clock, not with this machine's, which may be wrong. */

let skew_ms = 0;

/** @param asOf database time of a read that ended `age_ms` ago. */
export function setServerTime(asOf: string, age_ms: number): void {
  const skew = Date.parse(asOf) + age_ms - Date.now();
  if (Number.isFinite(skew)) skew_ms = skew;
}

/** Milliseconds since the epoch, by the database. */
export function serverNow(): number {
  return Date.now() + skew_ms;
}
