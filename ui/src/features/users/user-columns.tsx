import { CopyId } from "../../components/CopyId";
import { Progress } from "../../components/Progress";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { UserRow } from "../../generated/commands";
import { demoModeMark } from "../../lib/states/demo-mode";
import { isLive } from "./demo-facts";
import { visibleText } from "../../lib/visible-text";
import styles from "./Users.module.css";

/** How far it is, or why it failed; and the contradiction that nothing carries out what is in progress. */
function Detail({ user }: { user: UserRow }) {
  if (user.demo_mode === "enabling" || user.demo_mode === "disabling") {
    if (user.job_status === null || !isLive(user.job_status)) return <span className={styles.error}>No job carries this out</span>;
    return <Progress value={user.job_progress ?? 0} label={`Progress of ${visibleText(user.email, 255)}`} words={user.job_status === "pending" ? "waiting" : null} />;
  }
  if (user.demo_mode_error === null) return null;
  return (
    <span className={styles.error} title={visibleText(user.demo_mode_error, 500)}>
      <VisibleText text={user.demo_mode_error} max={200} />
    </span>
  );
}

export const USER_COLUMNS: readonly Column<UserRow>[] = [
  { id: "demo", header: "Demo mode", width: "112px", cell: (user) => <StatusBadge mark={demoModeMark(user.demo_mode)} /> },
  {
    id: "email",
    header: "E-mail",
    width: "minmax(170px, 1.1fr)",
    cell: (user) => (
      <span title={visibleText(user.email, 255)}>
        <VisibleText text={user.email} max={160} />
      </span>
    ),
  },
  {
    id: "name",
    header: "Name",
    width: "minmax(110px, 0.8fr)",
    hideBelow_px: 612,
    cell: (user) => (
      <span className={styles.second}>
        {user.full_name === null ? "–" : <VisibleText text={user.full_name} max={120} />}
        {user.is_active ? null : <span className={styles.inactive}> inactive</span>}
      </span>
    ),
  },
  { id: "detail", header: "Detail", width: "minmax(150px, 1.4fr)", cell: (user) => <Detail user={user} /> },
  { id: "changed", header: "Changed", width: "84px", align: "end", hideBelow_px: 708, cell: (user) => <RelativeTime at={user.demo_mode_changed_at} /> },
  { id: "created", header: "Signed up", width: "84px", align: "end", hideBelow_px: 804, cell: (user) => <RelativeTime at={user.created_at} /> },
  { id: "id", header: "Id", width: "88px", align: "end", hideBelow_px: 904, cell: (user) => <CopyId id={user.id} what="user id" /> },
];
