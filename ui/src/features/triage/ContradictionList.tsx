import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleCheck, Wrench } from "lucide-react";
import { type ComponentType, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { CaseFilter, Contradiction } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { plural } from "../../lib/numbers";
import { jobTypeWords } from "../../lib/states/job";
import { CERTAINTY, UNEXPLAINED, gravityMark } from "../../lib/states/verdict";
import { visibleText } from "../../lib/visible-text";
import styles from "./Contradictions.module.css";
import { contradictionsOptions } from "./triage-queries";

/** So many that the service levels stay on the first screen. */
const AT_FIRST = 6;

/** What can be done with the cases that are selected. `filter`: what they have in common, if they do. */
type CaseSelectionBar = ComponentType<{ ids: ReadonlySet<string>; filter: CaseFilter | null; onClear: () => void }>;

const NONE: ReadonlySet<string> = new Set();

/** Users and jobs that disagree or are overdue, worst first, each with its verdict. What a plan can mend can be selected. */
export function ContradictionList({ selectionBar: SelectionBar }: { selectionBar: CaseSelectionBar }) {
  const { data, error, refetch } = useQuery(contradictionsOptions(useIpc()));
  const [all, setAll] = useState(false);
  const [picked, setPicked] = useState(NONE);
  if (data === undefined) return error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} />;
  const { rows, count, or_more } = data;
  if (rows.length === 0) {
    return (
      <p className={styles.calm}>
        <CircleCheck size={15} aria-hidden /> Nothing is stuck or contradicts itself right now. What does will stand here first, each with its cause and fix.
      </p>
    );
  }
  // What is no longer listed needs no fix any more.
  const selected = rows.filter(({ plan_as }) => plan_as !== null && picked.has(plan_as));
  const turn = (id: string) => setPicked(new Set(picked.has(id) ? [...picked].filter((each) => each !== id) : [...picked, id]));
  return (
    <section aria-labelledby="contradictions" className={styles.section}>
      <h2 id="contradictions">
        Needs a person <span className={styles.number}>{`${count}${or_more ? "+" : ""}`}</span>
      </h2>
      <ul className={styles.list}>
        {(all ? rows : rows.slice(0, AT_FIRST)).map((row) => (
          <Row key={`${row.user_id} ${row.job_id} ${row.queue} ${row.verdict.cause}`} row={row} selected={row.plan_as !== null && picked.has(row.plan_as)} onSelect={turn} />
        ))}
      </ul>
      {rows.length > AT_FIRST && (
        <Button tone="quiet" size="small" onPress={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${rows.length}`}
        </Button>
      )}
      {selected.length === 0 ? null : (
        <div className={styles.selection}>
          <SelectionBar ids={new Set(selected.flatMap(({ plan_as }) => plan_as ?? []))} filter={shared(selected)} onClear={() => setPicked(NONE)} />
        </div>
      )}
    </section>
  );
}

/** The cause and fix that all of them have. */
function shared(rows: readonly Contradiction[]): CaseFilter | null {
  const cause = rows[0]?.verdict.cause;
  const fix = rows[0]?.verdict.fix?.fix;
  if (cause === undefined || fix === undefined) return null;
  return rows.every(({ verdict }) => verdict.cause === cause && verdict.fix?.fix === fix) ? { cause, fix } : null;
}

type RowProps = { row: Contradiction; selected: boolean; onSelect: (id: string) => void };

function Row({ row, selected, onSelect }: RowProps) {
  const { verdict, plan_as } = row;
  const mark = verdict.cause === "unknown" ? UNEXPLAINED : gravityMark(verdict.gravity);
  const who = row.user_email ?? (row.job_type === null ? (row.queue ?? "") : jobTypeWords(row.job_type));
  return (
    <li className={styles.item} data-selected={selected || undefined}>
      {plan_as === null ? (
        <span />
      ) : (
        <input type="checkbox" className={styles.pick} checked={selected} onChange={() => onSelect(plan_as)} aria-label={visibleText(`Select ${who}: ${verdict.title}`, 300)} />
      )}
      <StatusBadge mark={mark} />
      <div className={styles.what}>
        <p className={styles.title}>
          <Target row={row} /> {verdict.certainty === "known" ? null : <span className={styles.quiet}>{CERTAINTY[verdict.certainty].word}</span>}
        </p>
        <p className={styles.advice} title={visibleText(verdict.explanation, 500)}>
          <VisibleText text={verdict.explanation} max={300} />
        </p>
      </div>
      <span className={styles.who}>
        <VisibleText text={who} max={120} />
        {row.alike > 0 ? <span className={styles.quiet}> and {plural(row.alike, "more like it", "more like it")}</span> : null}
      </span>
      <span className={styles.fix}>
        {verdict.fix === null ? (
          <span className={styles.quiet}>wait, or pass it on</span>
        ) : (
          <>
            <Wrench size={12} aria-hidden /> {verdict.fix.label}
          </>
        )}
      </span>
      <span className={styles.since}>
        <RelativeTime at={row.since} />
      </span>
      <ArrowRight size={13} aria-hidden className={styles.arrow} />
    </li>
  );
}

/** Where it can be mended: at the user, or else at the job, or else at the workers. The link covers its whole row. */
function Target({ row }: { row: Contradiction }) {
  const words = <VisibleText text={row.verdict.title} max={160} />;
  if (row.user_id !== null) {
    return (
      <Link to="/users/$userId" params={{ userId: row.user_id }} className={styles.go}>
        {words}
      </Link>
    );
  }
  if (row.job_id !== null) {
    return (
      <Link to="/jobs/$jobId" params={{ jobId: row.job_id }} className={styles.go}>
        {words}
      </Link>
    );
  }
  return (
    <Link to="/workers" className={styles.go}>
      {words}
    </Link>
  );
}
