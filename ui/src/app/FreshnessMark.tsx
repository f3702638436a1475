import { useQueryClient } from "@tanstack/react-query";
import { Tooltip } from "../components/Tooltip";
import type { Freshness } from "../generated/commands";
import { useFreshness } from "../lib/freshness";
import { clockTime } from "../lib/time";
import styles from "./Shell.module.css";

/** How far what is on the screen can be trusted. */
export function FreshnessMark() {
  const freshness = useFreshness();
  const client = useQueryClient();
  return (
    <Tooltip text={explain(freshness)}>
      <button type="button" className={styles.fresh} data-state={freshness.state} onClick={() => void client.invalidateQueries()}>
        <span className={styles.dot} aria-hidden />
        {words(freshness)}
      </button>
    </Tooltip>
  );
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

function explain({ state, as_of, read_ms, source, message }: Freshness): string {
  const lines = [message];
  if (as_of !== null) lines.push(`Last read at ${clockTime(as_of)}, in ${read_ms} ms.`);
  if (state === "live") lines.push(source === "push" ? "Changes are pushed by the database." : "Changes are polled once a second.");
  lines.push("Press to read everything again.");
  return lines.filter(Boolean).join("\n");
}
