import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import type { MemberAction, StaffMember } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useChangeBlock } from "../../lib/session";
import { AddMemberDialog } from "./AddMemberDialog";
import { MemberDialog } from "./MemberDialog";
import { MemberRow } from "./MemberRow";
import styles from "./Settings.module.css";
import { membersOptions } from "./staff-queries";

type Open = { what: "add" } | { what: "change"; member: StaffMember; action: MemberAction };

/** Who operates, and what they may do. For admins. */
export function StaffSettings() {
  const members = useQuery(membersOptions(useIpc()));
  const blocked = useChangeBlock("staff.manage");
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  if (members.data === undefined) return members.error === null ? <Reading>Reading who operates…</Reading> : <ErrorState error={members.error} onRetry={() => void members.refetch()} />;
  const { members: all, second_factor_required } = members.data;
  return (
    <>
      <ul className={styles.environments} aria-label="Staff">
        {all.map((member) => (
          <MemberRow key={member.id} member={member} everybody={second_factor_required} blocked={blocked} onAction={(action) => setOpen({ what: "change", member, action })} />
        ))}
      </ul>
      <div>
        <Button icon={UserPlus} blocked={blocked} onPress={() => setOpen({ what: "add" })}>
          Add a person…
        </Button>
      </div>
      {open?.what === "add" ? <AddMemberDialog onClose={close} /> : null}
      {open?.what === "change" ? <MemberDialog key={`${open.member.id} ${open.action}`} seen={open.member} current={all.find(({ id }) => id === open.member.id) ?? open.member} action={open.action} onClose={close} /> : null}
    </>
  );
}
