import { useQueryClient } from "@tanstack/react-query";
import { Tooltip } from "../components/Tooltip";
import type { Freshness } from "../generated/commands";
import { clockError } from "../lib/clock";
import { useFreshness } from "../lib/freshness";
import { clockTime, duration } from "../lib/time";
import styles from "./Shell.module.css";

/** How far what is on the screen can be trusted. */
export function FreshnessMark() {
  const freshness = useFreshness();
  const client = useQueryClient();
  const wrong = clockWords(clockError());
  return (
    <Tooltip text={explain(freshness, wrong)}>
      <button type="button" className={styles.fresh} data-state={freshness.state} onClick={() => void client.invalidateQueries()}>
        <span className={styles.dot} aria-hidden />
        {words(freshness)}
        {wrong === null ? null : <span className={styles.clock}>{`clock ${wrong}`}</span>}
      </button>
    </Tooltip>
  );
}

/** "2 h ahead"; to the minute, because it is said again each second. */
function clockWords(wrong_s: number | null): string | null {
  if (wrong_s === null) return null;
  return `${duration(Math.round(Math.abs(wrong_s) / 60) * 60)} ${wrong_s > 0 ? "ahead" : "behind"}`;
}

function words({ state, as_of, read_ms }: Freshness): string {
  switch (state) {
    case "live":
      return `live · ${read_ms} ms`;
    case "stale":
      return as_of === null ? "stale" : `stale since ${clockTime(as_of)}`;
    case "connecting":
      return "connecting";
    case "signed_out":
      return "signed out";
  }
}

function explain({ state, as_of, read_ms, source, message }: Freshness, wrong: string | null): string {
  const lines = [message];
  if (as_of !== null) lines.push(`Last read at ${clockTime(as_of)}, in ${read_ms} ms.`);
  if (state === "live") lines.push(source === "push" ? "Changes are pushed by the database." : "Changes are polled once a second.");
  if (wrong !== null) lines.push(`This machine’s clock is ${wrong}: set it right. Times and ages here are the database’s.`);
  lines.push("Press to read everything again.");
  return lines.filter(Boolean).join("\n");
}
