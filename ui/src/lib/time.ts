import type { Times } from "../generated/commands";

const UNITS: [limit_s: number, unit_s: number, word: string][] = [
  [60, 1, "s"],
  [3_600, 60, "min"],
  [86_400, 3_600, "h"],
  [Infinity, 86_400, "d"],
];

/** "now", "12 s ago", "3 min ago", "in 2 h". */
export function relativeTime(iso: string, now_ms: number): string {
  const delta_s = (Date.parse(iso) - now_ms) / 1_000;
  if (!Number.isFinite(delta_s)) return "unknown";
  const size_s = Math.abs(delta_s);
  if (size_s < 1.5) return "now";
  const [, unit_s, word] = UNITS.find(([limit_s]) => size_s < limit_s) ?? [0, 86_400, "d"];
  const amount = `${Math.floor(size_s / unit_s)} ${word}`;
  return delta_s > 0 ? `in ${amount}` : `${amount} ago`;
}

/** The exact time, with seconds and zone: "2026-11-21 02:14:05 UTC". */
export function exactTime(iso: string, zone: "local" | "utc" = "local"): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "unknown";
  const text = new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "medium",
    ...(zone === "utc" ? { timeZone: "UTC" } : {}),
  }).format(date);
  return zone === "utc" ? `${text} UTC` : `${text} ${zoneName(date)}`;
}

/** [`exactTime`] within a sentence, which does not break in the middle of it. */
export function exactTimeInWords(iso: string, zone: "local" | "utc" = "local"): string {
  return exactTime(iso, zone).replaceAll(" ", "\u00a0").replaceAll("-", "\u2011");
}

/** Shorter, for a column: without the date when it is today's. */
export function columnTime(iso: string, times: Times, now_ms: number): string {
  if (times === "relative") return relativeTime(iso, now_ms);
  const text = exactTime(iso, times === "utc" ? "utc" : "local");
  const today = exactTime(new Date(now_ms).toISOString(), times === "utc" ? "utc" : "local").slice(0, 10);
  return text.startsWith(today) ? text.slice(11, 19) : text.slice(0, 16);
}

/** "12:04:10" in this machine's zone. */
export function clockTime(iso: string): string {
  return exactTime(iso).slice(11, 19);
}

/** "840 ms", "12 s", "1 min 32 s", "3 h 5 min"; "–" when unknown. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return "–";
  const s = Math.max(0, seconds);
  if (s < 1) return `${Math.round(s * 1_000)} ms`;
  if (s < 10) return `${s.toFixed(1).replace(/\.0$/, "")} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3_600) return join(Math.floor(s / 60), "min", Math.floor(s % 60), "s");
  if (s < 86_400) return join(Math.floor(s / 3_600), "h", Math.floor((s % 3_600) / 60), "min");
  return join(Math.floor(s / 86_400), "d", Math.floor((s % 86_400) / 3_600), "h");
}

/** Seconds from one time to another, or to now. */
export function secondsBetween(from: string, to: string | null, now_ms: number): number {
  return ((to === null ? now_ms : Date.parse(to)) - Date.parse(from)) / 1_000;
}

function join(big: number, bigWord: string, small: number, smallWord: string): string {
  return small === 0 ? `${big} ${bigWord}` : `${big} ${bigWord} ${small} ${smallWord}`;
}

function zoneName(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const sign = minutes < 0 ? "−" : "+";
  const size = Math.abs(minutes);
  return `UTC${sign}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
}
