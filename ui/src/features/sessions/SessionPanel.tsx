import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { IconButton } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { KeyValue, type KeyValueItem } from "../../components/KeyValue";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { SessionRow } from "../../generated/commands";
import { sessionMark } from "../../lib/states/session";
import { RevokeActions } from "./RevokeActions";
import styles from "./Sessions.module.css";
import { transportWords } from "./session-words";

/** One session: from where, since when, until when, and how to end it. */
export function SessionPanel({ session, onClose }: { session: SessionRow; onClose: () => void }) {
  return (
    // Escape closes the panel from anywhere in it, as it does from the table.
    <aside
      aria-label="Session"
      className={styles.panel}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <div className={styles.panelClose}>
        <IconButton icon={X} label="Close panel" shortcut="Esc" onPress={onClose} />
      </div>
      <header className={styles.panelHead}>
        <h2 className={styles.panelTitle}>
          <VisibleText text={session.device} max={80} />
        </h2>
        <StatusBadge mark={sessionMark(session.status)} look="pill" />
        <CopyId id={session.id} what="session id" />
      </header>
      <RevokeActions key={session.id} session={session} />
      <KeyValue items={facts(session)} />
    </aside>
  );
}

function facts(session: SessionRow): KeyValueItem[] {
  const items: KeyValueItem[] = [
    {
      key: "User",
      value: (
        <Link to="/users/$userId" params={{ userId: session.user_id }}>
          <VisibleText text={session.user_email} max={200} />
        </Link>
      ),
    },
    { key: "Address", value: session.address === null ? "unknown" : <VisibleText text={session.address} max={60} /> },
    { key: "Via", value: <VisibleText text={transportWords(session.transport)} max={40} /> },
    { key: "Signed in", value: <RelativeTime at={session.created_at} /> },
    { key: "Last seen", value: <RelativeTime at={session.last_seen_at} /> },
    { key: session.status === "expired" ? "Expired" : "Expires", value: <RelativeTime at={session.expires_at} /> },
  ];
  if (session.revoked_at !== null) items.push({ key: "Revoked", value: <RelativeTime at={session.revoked_at} /> });
  if (session.revoked_by !== null) items.push({ key: "Revoked by", value: <VisibleText text={session.revoked_by} max={200} /> });
  items.push({ key: "Sent as", value: <span className={styles.agent}>{session.user_agent === null ? "nothing" : <VisibleText text={session.user_agent} max={500} />}</span> });
  items.push({ key: "Id", value: <CopyId id={session.id} what="session id" whole /> });
  return items;
}
