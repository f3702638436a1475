import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { ConnectionRow } from "../../generated/commands";
import { connectionMark } from "../../lib/states/connection";
import styles from "./User.module.css";

const PLATFORMS: Record<string, string> = { youtube: "YouTube", instagram: "Instagram", tiktok: "TikTok", facebook: "Facebook", google: "Google", google_business: "Google Business", twitter: "X", linkedin: "LinkedIn" };

/** The user's links to platforms, and why one failed. */
export function ConnectionList({ connections }: { connections: readonly ConnectionRow[] }) {
  return (
    <section aria-labelledby="user-connections" className={styles.section}>
      <header className={styles.head}>
        <h2 id="user-connections">Connections</h2>
      </header>
      {connections.length === 0 ? <p className={styles.quiet}>None. Platforms that the customer connects will stand here.</p> : null}
      <ul className={styles.list}>
        {connections.map((each) => (
          <li key={each.id} className={styles.connection}>
            <span className={styles.platform}>{PLATFORMS[each.platform] ?? <VisibleText text={each.platform} max={40} />}</span>
            <StatusBadge mark={connectionMark(each.status)} />
            <span className={styles.cut}>{each.username === null ? null : <VisibleText text={each.username} max={80} />}</span>
            <span className={styles.quiet}>{each.last_synced_at === null ? "never synchronised" : <RelativeTime at={each.last_synced_at} prefix="synchronised " />}</span>
            {each.error === null ? null : (
              <p className={styles.why}>
                <VisibleText text={each.error} max={300} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
