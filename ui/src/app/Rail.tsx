import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Waypoints } from "lucide-react";
import { contradictionsOptions } from "../features/triage/triage-queries";
import { useIpc } from "../ipc/ipc";
import { read } from "../lib/failure";
import { count, plural } from "../lib/numbers";
import { keys } from "../lib/query-keys";
import { EnvironmentMark } from "./EnvironmentMark";
import styles from "./Shell.module.css";
import { PLACES } from "./places";

export function Rail() {
  const ipc = useIpc();
  // The stream keeps this one in step.
  const { data: counts } = useQuery({ queryKey: keys.counts, queryFn: () => read(ipc.commands.jobCounts()), staleTime: Infinity });
  const { data: contradictions } = useQuery(contradictionsOptions(ipc));
  const live = counts === undefined ? null : counts.waiting + counts.scheduled + counts.running;
  const attention = contradictions?.count ?? 0;
  return (
    <nav className={styles.rail} aria-label="Pages">
      <div className={styles.brand}>
        <Waypoints size={17} aria-hidden />
        <span>Repruv Ops</span>
      </div>
      <EnvironmentMark />
      {PLACES.map(({ to, words, icon: Icon }) => (
        <span key={to} style={{ display: "contents" }}>
          {to === "/settings" ? <span className={styles.gap} /> : null}
          <Link to={to} className={styles.place} activeOptions={{ exact: to === "/", includeSearch: false }} title={words}>
            <Icon size={15} aria-hidden />
            <span className={styles.placeWord}>{words}</span>
            {to === "/" && attention > 0 ? (
              <span className={styles.alarm} title={`${plural(attention, "thing")} that need a person`}>
                {attention}
                {contradictions?.or_more ? "+" : ""}
              </span>
            ) : null}
            {to === "/jobs" ? (
              <span className={styles.count} title="Live jobs: waiting, scheduled, running">
                {count(live)}
              </span>
            ) : null}
          </Link>
        </span>
      ))}
    </nav>
  );
}
