import { Link } from "@tanstack/react-router";
import { Actions } from "../../components/Actions";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { KeyValue, type KeyValueItem } from "../../components/KeyValue";
import { RelativeTime } from "../../components/RelativeTime";
import { SidePanel, SidePanelHead } from "../../components/SidePanel";
import { VisibleText } from "../../components/VisibleText";
import type { AuditEntry } from "../../generated/commands";
import { auditWords } from "../../lib/audit-words";
import { exactTime } from "../../lib/time";
import styles from "./Audit.module.css";
import { filterText } from "./audit-filters";

/** One line of the trail, whole. */
export function AuditPanel({ entry, onClose, onFilter }: { entry: AuditEntry; onClose: () => void; onFilter: (text: string) => void }) {
  return (
    <SidePanel label="Audit entry" onClose={onClose}>
      <SidePanelHead title={<VisibleText text={auditWords(entry.action)} max={100} />}>
        <span className={styles.quiet}>
          <VisibleText text={entry.action} max={100} />
        </span>
      </SidePanelHead>
      <Actions label="More like this">
        <Button size="small" onPress={() => onFilter(filterText("by", entry.actor))}>
          All by this person
        </Button>
        {entry.user_id === null ? null : (
          <Button size="small" onPress={() => onFilter(filterText("user", entry.user_id ?? ""))}>
            All on this user
          </Button>
        )}
        <Button size="small" onPress={() => onFilter(filterText("action", entry.action))}>
          All of this kind
        </Button>
      </Actions>
      <KeyValue items={facts(entry)} />
    </SidePanel>
  );
}

function facts(entry: AuditEntry): KeyValueItem[] {
  const items: KeyValueItem[] = [
    { key: "Who", value: <VisibleText text={entry.actor} max={300} /> },
    { key: "When", value: <RelativeTime at={entry.at} /> },
    { key: "Exactly", value: exactTime(entry.at) },
  ];
  if (entry.user_id !== null) {
    items.push({
      key: "On whom",
      value: (
        <Link to="/users/$userId" params={{ userId: entry.user_id }}>
          <VisibleText text={entry.user_email ?? entry.user_id} max={255} />
        </Link>
      ),
    });
  }
  if (entry.before !== null || entry.after !== null) {
    items.push({ key: "Before", value: <VisibleText text={entry.before ?? "–"} max={500} /> }, { key: "After", value: <VisibleText text={entry.after ?? "–"} max={500} /> });
  }
  items.push({ key: "Why", value: entry.reason === null ? "no reason was asked for" : <VisibleText text={entry.reason} max={500} /> });
  if (entry.job_id !== null) {
    items.push({
      key: "Job",
      value: (
        <Link to="/jobs/$jobId" params={{ jobId: entry.job_id }} className={styles.mono}>
          {entry.job_id}
        </Link>
      ),
    });
  }
  if (entry.session_id !== null) items.push({ key: "Session", value: <CopyId id={entry.session_id} what="session id" whole /> });
  if (entry.request_id !== null) items.push({ key: "Request", value: <CopyId id={entry.request_id} what="request id" whole /> });
  if (entry.address !== null) items.push({ key: "From", value: <VisibleText text={entry.address} max={64} /> });
  items.push({ key: "Number", value: entry.id });
  return items;
}
