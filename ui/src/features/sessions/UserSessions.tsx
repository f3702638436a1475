import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { EllipsisVertical, ShieldBan } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { Menu } from "../../components/Menu";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { SessionRow } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useChangeBlock, useNeedsSecondPerson } from "../../lib/session";
import { sessionMark } from "../../lib/states/session";
import { RevokeSessionDialog } from "./RevokeSessionDialog";
import { RevokeSessionsDialog } from "./RevokeSessionsDialog";
import { visibleText } from "../../lib/visible-text";
import styles from "./Sessions.module.css";
import { activeOf } from "./session-filters";
import { sessionsOptions } from "./sessions-queries";

const SHOWN_MAX = 6;

type Open = { what: "one" | "others"; session: SessionRow } | { what: "all"; email: string };

/** A user's active sessions, for the user's page. */
export function UserSessions({ userId }: { userId: string }) {
  const { data, error, refetch, hasNextPage } = useInfiniteQuery(sessionsOptions(useIpc(), activeOf(userId)));
  const navigate = useNavigate();
  const toPlan = (planId: string) => void navigate({ to: "/bulk/$planId", params: { planId } });
  const blocked = useChangeBlock();
  const notAlone = useNeedsSecondPerson("session.revoke_all");
  const [open, setOpen] = useState<Open | null>(null);
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const active = rows.filter((row) => row.status === "active").length;
  const email = rows[0]?.user_email ?? "";
  const close = () => setOpen(null);
  return (
    <section aria-labelledby="user-sessions" className={styles.section}>
      <header className={styles.head}>
        <h2 id="user-sessions">Sessions</h2>
        <span className={styles.quiet}>{data === undefined ? "" : `${active}${hasNextPage ? "+" : ""} active`}</span>
        <span className={styles.push}>
          <Link to="/sessions" search={{ user: userId, ended: true }}>
            All sessions
          </Link>
          <Button size="small" icon={ShieldBan} blocked={active === 0 ? "No session is active." : blocked} onPress={() => setOpen({ what: "all", email })}>
            Revoke all…
          </Button>
        </span>
      </header>
      {error !== null && data === undefined ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {data !== undefined && rows.length === 0 ? <p className={styles.quiet}>Not signed in anywhere.</p> : null}
      <ul className={styles.list}>
        {rows.slice(0, SHOWN_MAX).map((session) => (
          <li key={session.id} className={styles.line}>
            <StatusBadge mark={sessionMark(session.status)} />
            <span className={styles.cut} title={session.user_agent === null ? undefined : visibleText(session.user_agent, 500)}>
              <VisibleText text={session.device} max={80} />
            </span>
            <span className={styles.mono}>{session.address === null ? "–" : <VisibleText text={session.address} max={60} />}</span>
            <span className={styles.seen}>
              <RelativeTime at={session.last_seen_at} prefix="seen " />
            </span>
            <Button
              size="small"
              tone="quiet"
              blocked={session.offer.allowed ? blocked : (session.offer.refusal ?? "The rules do not allow it now.")}
              onPress={() => setOpen({ what: "one", session })}
            >
              Revoke…
            </Button>
            {session.offer.allowed && blocked === null && !notAlone && active > 1 ? (
              <Menu
                label={`More for the session on ${visibleText(session.device, 120)}`}
                icon={EllipsisVertical}
                entries={[{ id: "others", label: "Revoke all but this…", danger: true, onPress: () => setOpen({ what: "others", session }) }]}
              />
            ) : (
              <span />
            )}
          </li>
        ))}
      </ul>
      {rows.length > SHOWN_MAX || hasNextPage ? (
        <Link to="/sessions" search={{ user: userId }} className={styles.rest}>
          {hasNextPage ? "More sessions" : `${rows.length - SHOWN_MAX} more`}
        </Link>
      ) : null}
      {open?.what === "one" ? <RevokeSessionDialog seen={open.session} onClose={close} /> : null}
      {open?.what === "others" ? <RevokeSessionsDialog userId={userId} email={open.session.user_email} except={open.session} onPlanned={toPlan} onClose={close} /> : null}
      {open?.what === "all" ? <RevokeSessionsDialog userId={userId} email={open.email} except={null} onPlanned={toPlan} onClose={close} /> : null}
    </section>
  );
}
