import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SelectField } from "../../components/SelectField";
import { VisibleText } from "../../components/VisibleText";
import type { MemberAction, MemberChanged, StaffMember, StaffRole } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { keys } from "../../lib/query-keys";
import { useChangeBlock, useWhere } from "../../lib/session";
import { TemporaryPassword } from "./TemporaryPassword";
import { ROLES, memberMark, memberWords } from "./member-words";

type MemberDialogProps = { seen: StaffMember; current: StaffMember; action: MemberAction; onClose: () => void };

/** One change of one person, with its reason. */
export function MemberDialog({ seen, current, action, onClose }: MemberDialogProps) {
  const ipc = useIpc();
  const client = useQueryClient();
  const where = useWhere();
  const blocked = useChangeBlock("staff.manage");
  const [role, setRole] = useState<StaffRole>(seen.role);
  const words = memberWords(action, seen);
  const offer = seen.offers.find((each) => each.action === action);
  const command = useCommand<string, MemberChanged>({
    title: `${words.confirm}: ${seen.email}`,
    send: (intent, reason) => {
      const target = { id: seen.id, version: seen.version, ...intent };
      if (action === "change_role") return ipc.commands.changeMemberRole(target, { reason, role });
      if (action === "require_second_factor") return ipc.commands.requireSecondFactor(target, { reason, required: !seen.second_factor_required });
      return ipc.commands.changeMember(target, action, { reason });
    },
    onAccepted: () => void client.invalidateQueries({ queryKey: keys.members }),
  });
  const { phase } = command;
  if (phase.name === "accepted" && phase.data.temporary_password !== null) {
    return <TemporaryPassword email={seen.email} password={phase.data.temporary_password} onClose={onClose} />;
  }
  return (
    <ConfirmDialog
      title={words.title}
      onClose={onClose}
      subject={
        <>
          <strong>
            <VisibleText text={seen.name} max={80} />
          </strong>
          , <VisibleText text={seen.email} max={200} />, {seen.role}
        </>
      }
      now={memberMark(seen)}
      next={null}
      note={offer?.preview?.note ?? words.note}
      incomplete={action === "change_role" && role === seen.role ? "Choose another role." : null}
      confirm={words.confirm}
      tone={words.danger ? "danger" : "primary"}
      where={where}
      blocked={blocked}
      drift={phase.name === "idle" && current.version !== seen.version ? { words: "This person was changed since you opened this.", onLookAgain: onClose } : null}
      command={command}
      observed={phase.name === "accepted" ? { state: "done", words: words.done } : null}
      direct
    >
      {action === "change_role" ? <SelectField label="New role" value={role} options={ROLES} onChange={(value) => setRole(value as StaffRole)} /> : null}
    </ConfirmDialog>
  );
}
