import { Ellipsis } from "lucide-react";
import { Menu } from "../../components/Menu";
import type { MenuEntry } from "../../components/MenuList";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { MemberAction, StaffMember } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { toast } from "../../lib/toasts";
import { visibleText } from "../../lib/visible-text";
import styles from "./Settings.module.css";
import { memberMark, memberWords } from "./member-words";

type MemberRowProps = { member: StaffMember; everybody: boolean; blocked: string | null; onAction: (action: MemberAction) => void };

/** One person, and what the rules let an admin do to them; what they do not is listed with the reason. */
export function MemberRow({ member, everybody, blocked, onAction }: MemberRowProps) {
  const entries = member.offers.map(
    ({ action, allowed, refusal }): MenuEntry => ({
      id: action,
      label: allowed ? memberWords(action, member).menu : `${memberWords(action, member).menu.replace("…", "")}: ${refusal ?? "not now"}`,
      danger: allowed && memberWords(action, member).danger,
      onPress: () => (blocked !== null ? toast(blocked) : allowed ? onAction(action) : toast(refusal ?? "Not now.")),
    }),
  );
  // Nothing at all, for one reason: said once.
  const only = member.offers[0]?.refusal ?? null;
  const none = only !== null && member.offers.every((offer) => offer.refusal === only);
  const shown: MenuEntry[] = none ? [{ id: "none", label: only, onPress: () => undefined }] : entries;
  const factor = member.second_factor ? "authenticator" : member.second_factor_required || everybody ? "authenticator required, none yet" : "password only";
  return (
    <li className={styles.environment}>
      <span className={styles.kind}>
        <StatusBadge mark={memberMark(member)} look="pill" />
      </span>
      <div className={styles.who}>
        <p className={styles.name}>
          <VisibleText text={member.name} max={80} />
          <span className={styles.current}>{member.role}</span>
        </p>
        <p className={styles.words}>
          <VisibleText text={member.email} max={200} /> · {factor}
          {member.password_temporary ? " · temporary password" : ""} · {member.sessions === 0 ? "not signed in" : plural(member.sessions, "session")}
          {member.last_seen_at === null ? null : (
            <>
              {" "}
              · seen <RelativeTime at={member.last_seen_at} />
            </>
          )}
        </p>
      </div>
      <Menu label={`What can be done with ${visibleText(member.name, 80)}`} icon={Ellipsis} entries={shown} />
    </li>
  );
}
