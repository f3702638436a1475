import { Link } from "@tanstack/react-router";
import { UserRoundCheck, UserRoundX } from "lucide-react";
import { CopyId } from "../../components/CopyId";
import { CopyLink } from "../../components/CopyLink";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { UserView } from "../../generated/commands";
import { userLink } from "../../lib/links";
import type { StateMark } from "../../lib/states/state-mark";
import styles from "./User.module.css";

const ACTIVE: StateMark = { word: "Active", tone: "success", icon: UserRoundCheck };
const INACTIVE: StateMark = { word: "Inactive", tone: "danger", icon: UserRoundX };

/** Who this is, in one line. */
export function UserHeader({ view }: { view: UserView }) {
  const { user } = view;
  return (
    <>
      {user.full_name === null ? null : (
        <span className={styles.name}>
          <VisibleText text={user.full_name} max={120} />
        </span>
      )}
      <StatusBadge mark={user.is_active ? ACTIVE : INACTIVE} />
      <CopyId id={user.id} what="user id" />
      <span className={styles.quiet}>
        signed up <RelativeTime at={user.created_at} />
      </span>
      <span className={styles.push}>
        <Link to="/audit" search={{ q: `user:${user.id}` }}>
          Audit
        </Link>
        <CopyLink link={userLink(user.id)} />
      </span>
    </>
  );
}
