import { Link } from "@tanstack/react-router";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { SessionRow } from "../../generated/commands";
import { sessionMark } from "../../lib/states/session";
import { visibleText } from "../../lib/visible-text";
import styles from "./Sessions.module.css";
import { transportWords } from "./session-words";

export const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  { id: "status", header: "Status", width: "96px", cell: (session) => <StatusBadge mark={sessionMark(session.status)} /> },
  {
    id: "who",
    header: "Who",
    width: "minmax(150px, 1.2fr)",
    cell: (session) => (
      <Link to="/users/$userId" params={{ userId: session.user_id }} className={styles.user} tabIndex={-1} title={visibleText(session.user_email, 255)}>
        <VisibleText text={session.user_email} max={160} />
      </Link>
    ),
  },
  {
    id: "device",
    header: "Device",
    width: "minmax(120px, 1fr)",
    cell: (session) => (
      <span title={visibleText(session.device, 120)}>
        <VisibleText text={session.device} max={80} />
      </span>
    ),
  },
  {
    id: "address",
    header: "Address",
    width: "minmax(104px, 0.7fr)",
    hideBelow_px: 640,
    cell: (session) => <span className={styles.mono}>{session.address === null ? "–" : <VisibleText text={session.address} max={60} />}</span>,
  },
  { id: "via", header: "Via", width: "88px", hideBelow_px: 944, cell: (session) => <span className={styles.second}>{transportWords(session.transport)}</span> },
  { id: "in", header: "Signed in", width: "84px", align: "end", hideBelow_px: 736, cell: (session) => <RelativeTime at={session.created_at} /> },
  { id: "seen", header: "Last seen", width: "84px", align: "end", cell: (session) => <RelativeTime at={session.last_seen_at} /> },
  {
    id: "ends",
    header: "Ends",
    width: "96px",
    align: "end",
    hideBelow_px: 844,
    cell: (session) => <RelativeTime at={session.revoked_at ?? session.expires_at} />,
  },
];
