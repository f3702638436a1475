import { useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SelectField } from "../../components/SelectField";
import { TextField } from "../../components/TextField";
import type { MemberChanged, StaffRole } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { keys } from "../../lib/query-keys";
import { useChangeBlock, useWhere } from "../../lib/session";
import { TemporaryPassword } from "./TemporaryPassword";
import { ROLES } from "./member-words";

/** Somebody new, with a temporary password that is told once. */
export function AddMemberDialog({ onClose }: { onClose: () => void }) {
  const ipc = useIpc();
  const client = useQueryClient();
  const where = useWhere();
  const blocked = useChangeBlock("staff.manage");
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<StaffRole>("viewer");
  const command = useCommand<string, MemberChanged>({
    title: `Add ${email.trim()} to the staff`,
    send: ({ command_id, title }, reason) => ipc.commands.addMember(command_id, title, { reason, email: email.trim(), name: name.trim(), role }),
    onAccepted: () => void client.invalidateQueries({ queryKey: keys.members }),
  });
  const { phase } = command;
  if (phase.name === "accepted" && phase.data.temporary_password !== null) {
    return <TemporaryPassword email={phase.data.member.email} password={phase.data.temporary_password} onClose={onClose} />;
  }
  return (
    <ConfirmDialog
      asksFirst
      title="Add a person to the staff"
      onClose={onClose}
      subject="They sign in with a temporary password, which you are told once, and must choose another."
      now={{ word: "New", tone: "neutral", icon: UserPlus }}
      next={null}
      note="What they may do is decided by their role; you can change it at any time."
      incomplete={!email.includes("@") ? "Write their e-mail." : name.trim() === "" ? "Write their name." : null}
      confirm="Add"
      where={where}
      blocked={blocked}
      command={command}
      observed={phase.name === "accepted" ? { state: "done", words: "They are added. The temporary password was told before: reset it for another." } : null}
      direct
    >
      <TextField label="E-mail" type="email" value={email} onChange={setEmail} maxLength={255} autoFocus />
      <TextField label="Name" value={name} onChange={setName} maxLength={255} />
      <SelectField label="Role" value={role} options={ROLES} onChange={(value) => setRole(value as StaffRole)} />
    </ConfirmDialog>
  );
}
