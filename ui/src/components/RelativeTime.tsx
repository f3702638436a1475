import { columnTime, exactTime } from "../lib/time";
import { useTicked } from "../lib/ticker";
import { useTimes } from "../lib/session";

/** A time as the person wants it written, exact on hover. */
export function RelativeTime({ at, prefix = "" }: { at: string | null; prefix?: string }) {
  const times = useTimes();
  const text = useTicked((now_ms) => (at === null ? "–" : columnTime(at, times, now_ms)));
  if (at === null) return <span>–</span>;
  return (
    <time dateTime={at} title={`${exactTime(at)}\n${exactTime(at, "utc")}`}>
      {prefix}
      {text}
    </time>
  );
}
