/** A time of this machine's clock, as a field gives it or a person writes it, and the moment that it names. */
export type LocalTime = { iso: string; note: string | null } | { problem: string };

const AHEAD_MAX_DAYS = 90;
const DAY_MS = 86_400_000;
const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})$/;

/** "2026-11-22T09:00" → the moment. Says so where clocks skip that time, or show it twice. */
export function readLocalTime(text: string, now_ms: number): LocalTime {
  const parts = WRITTEN.exec(text.trim());
  if (parts === null) return { problem: "Write date and time like 2026-11-22 09:00." };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1).map(Number);
  const date = new Date(year, month - 1, day, hour, minute);
  if (date.getMonth() !== month - 1 || date.getDate() !== day || hour > 23 || minute > 59) return { problem: "There is no such day or time." };
  const ms = date.getTime();
  if (date.getHours() !== hour || date.getMinutes() !== minute) {
    return { problem: `Clocks go forward then, so this time does not exist here. The next one that does is ${localText(ms).slice(11)}.` };
  }
  if (ms <= now_ms) return { problem: "This time is past." };
  if (ms > now_ms + AHEAD_MAX_DAYS * DAY_MS) return { problem: `At most ${AHEAD_MAX_DAYS} days ahead.` };
  const twice = [30, 60].some((minutes) => localText(ms + minutes * 60_000) === localText(ms));
  return { iso: date.toISOString(), note: twice ? "Clocks go back then and show this time twice; it is the first of the two." : null };
}

/** The moment as such a field shows it: "2026-11-22T09:00". */
export function localText(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The next time that this machine's clock shows this hour, at least a minute from now. */
export function nextHour(hour: number, now_ms: number): string {
  const date = new Date(now_ms + 60_000);
  const day = date.getHours() >= hour ? date.getDate() + 1 : date.getDate();
  return localText(new Date(date.getFullYear(), date.getMonth(), day, hour).getTime());
}
