import { Link } from "@tanstack/react-router";
import { CopyId } from "../../components/CopyId";
import { RelativeTime } from "../../components/RelativeTime";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { AuditEntry } from "../../generated/commands";
import { auditWords } from "../../lib/audit-words";
import { visibleText } from "../../lib/visible-text";
import styles from "./Audit.module.css";

export const AUDIT_COLUMNS: readonly Column<AuditEntry>[] = [
  { id: "at", header: "When", width: "92px", cell: (entry) => <RelativeTime at={entry.at} /> },
  { id: "who", header: "Who", width: "minmax(120px, 0.8fr)", cell: (entry) => <VisibleText text={entry.actor} max={120} /> },
  { id: "what", header: "What", width: "minmax(186px, 1.2fr)", cell: (entry) => <VisibleText text={auditWords(entry.action)} max={80} /> },
  {
    id: "user",
    header: "On whom",
    width: "minmax(120px, 1fr)",
    hideBelow_px: 560,
    cell: (entry) =>
      entry.user_id === null ? (
        <span className={styles.quiet}>–</span>
      ) : (
        <Link to="/users/$userId" params={{ userId: entry.user_id }} className={styles.user} tabIndex={-1}>
          <VisibleText text={entry.user_email ?? entry.user_id} max={120} />
        </Link>
      ),
  },
  {
    id: "change",
    header: "Before → after",
    width: "minmax(130px, 1.2fr)",
    hideBelow_px: 680,
    cell: (entry) => (
      <span>
        <span className={styles.quiet}>
          <VisibleText text={entry.before ?? "–"} max={80} /> →
        </span>{" "}
        <VisibleText text={entry.after ?? "–"} max={80} />
      </span>
    ),
  },
  {
    id: "why",
    header: "Why",
    width: "minmax(120px, 1fr)",
    cell: (entry) => (entry.reason === null ? <span className={styles.quiet}>–</span> : <span title={visibleText(entry.reason, 500)}>{<VisibleText text={entry.reason} max={200} />}</span>),
  },
  {
    id: "job",
    header: "Job",
    width: "88px",
    hideBelow_px: 860,
    cell: (entry) =>
      entry.job_id === null ? (
        <span className={styles.quiet}>–</span>
      ) : (
        <Link to="/jobs/$jobId" params={{ jobId: entry.job_id }} className={styles.mono} tabIndex={-1} title={entry.job_id}>
          {entry.job_id.slice(-8)}
        </Link>
      ),
  },
  { id: "request", header: "Request", width: "88px", hideBelow_px: 1_060, cell: (entry) => (entry.request_id === null ? <span className={styles.quiet}>–</span> : <CopyId id={entry.request_id} what="request id" />) },
];
