import { RelativeTime } from "../../components/RelativeTime";
import { VisibleText } from "../../components/VisibleText";
import type { Evidence } from "../../generated/commands";
import { SOURCE } from "../../lib/states/verdict";
import styles from "./Triage.module.css";
import { timeOf } from "./case-words";

/** What a verdict rests on: where from, what it says, how old it is. */
export function EvidenceList({ evidence, asOf }: { evidence: readonly Evidence[]; asOf: string }) {
  return (
    <ul className={styles.evidence} aria-label="Evidence">
      {evidence.map(({ source, says, age_s }) => (
        <li key={`${source} ${says}`}>
          <span className={styles.source}>{SOURCE[source]}</span>
          <span className={styles.says} data-selectable>
            <VisibleText text={says} max={500} />
          </span>
          <span className={styles.age}>{age_s === null ? null : <RelativeTime at={timeOf(asOf, age_s)} />}</span>
        </li>
      ))}
    </ul>
  );
}
