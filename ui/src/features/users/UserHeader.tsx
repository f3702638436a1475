import { Link } from "@tanstack/react-router";
import { ClipboardCopy, UserRoundCheck, UserRoundX } from "lucide-react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { UserView } from "../../generated/commands";
import type { StateMark } from "../../lib/states/state-mark";
import { toast } from "../../lib/toasts";
import styles from "./User.module.css";
import { ticketWords } from "./demo-facts";

const ACTIVE: StateMark = { word: "Active", tone: "success", icon: UserRoundCheck };
const INACTIVE: StateMark = { word: "Inactive", tone: "danger", icon: UserRoundX };

/** Who this is, in one line. */
export function UserHeader({ view }: { view: UserView }) {
  const { user } = view;
  const copy = () => {
    void navigator.clipboard.writeText(ticketWords(view)).then(() => toast("Copied the state in words, for the ticket."));
  };
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
        <Button size="small" icon={ClipboardCopy} onPress={copy} hint="State, what the customer sees, and why, in plain words">
          Copy for ticket
        </Button>
      </span>
    </>
  );
}
