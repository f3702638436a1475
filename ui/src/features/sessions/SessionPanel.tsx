import { Link, useNavigate } from "@tanstack/react-router";
import { CopyId } from "../../components/CopyId";
import { KeyValue, type KeyValueItem } from "../../components/KeyValue";
import { RelativeTime } from "../../components/RelativeTime";
import { SidePanel, SidePanelHead } from "../../components/SidePanel";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { SessionRow } from "../../generated/commands";
import { sessionMark } from "../../lib/states/session";
import { RevokeActions } from "./RevokeActions";
import styles from "./Sessions.module.css";
import { transportWords } from "./session-words";

/** One session: from where, since when, until when, and how to end it. */
export function SessionPanel({ session, onClose }: { session: SessionRow; onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <SidePanel label="Session" onClose={onClose}>
      <SidePanelHead title={<VisibleText text={session.device} max={80} />}>
        <StatusBadge mark={sessionMark(session.status)} look="pill" />
        <CopyId id={session.id} what="session id" />
      </SidePanelHead>
      <RevokeActions key={session.id} session={session} onPlanned={(planId) => void navigate({ to: "/bulk/$planId", params: { planId } })} />
      <KeyValue items={facts(session)} />
    </SidePanel>
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
