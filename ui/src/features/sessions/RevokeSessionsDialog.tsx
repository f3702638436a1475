import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SelectField } from "../../components/SelectField";
import type { RevokePreview, SessionRow, SessionsRevoked } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { plural } from "../../lib/numbers";
import { useChangeBlock, useNeedsSecondPerson, useWhere } from "../../lib/session";
import { sessionMark } from "../../lib/states/session";
import { PlanRevokeDialog } from "./PlanRevokeDialog";
import { PreviewedEffect } from "./RevokeEffect";
import { RevokeSubject } from "./RevokeSubject";
import { type Choice, choiceWords, choices, meant, whichOf } from "./revoke-choice";
import { revokePreviewOptions } from "./sessions-queries";
import { useRevoke } from "./use-revoke";
import { REVOKE_REASONS } from "./session-words";

type RevokeSessionsDialogProps = {
  userId: string;
  email: string;
  /** The one that stays. */
  except: SessionRow | null;
  /** A plan was made of it instead, because one person alone may not. */
  onPlanned: (planId: string) => void;
  onClose: () => void;
};

/** Ends a user's sessions: all, all but one, those on a device, or those that were not used for some days. */
export function RevokeSessionsDialog({ userId, email, except, onPlanned, onClose }: RevokeSessionsDialogProps) {
  const ipc = useIpc();
  const notAlone = useNeedsSecondPerson("session.revoke_all");
  const [choice, setChoice] = useState<Choice>({ kind: "all" });
  const which = whichOf(choice, except);
  const { data: preview } = useQuery({ ...revokePreviewOptions(ipc, userId, which), placeholderData: keepPreviousData });
  const what = choiceWords(choice) + (except === null ? "" : " but one");
  const { command, observed } = useRevoke<SessionsRevoked>({
    title: `Revoke ${what} of ${email}`,
    userId,
    send: (intent, reason) => ipc.commands.revokeSessions(userId, intent.command_id, intent.title, { reason, ...which }),
    revokedAt: (answer) => answer.at,
    ends: (row) => meant(row, which),
    done: (answer) => `${plural(answer.revoked, "session")} revoked`,
  });
  const blocked = useChangeBlock("session.revoke_all");
  const where = useWhere();
  // The API may ask for a second person since this window was told what it asks for.
  const refused = choice.kind === "all" && command.phase.name === "refused" && command.phase.error.type === "second_person";
  if (except === null && (notAlone || refused)) return <PlanRevokeDialog userId={userId} email={email} onPlanned={onPlanned} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={except === null ? "Revoke sessions" : "Revoke all sessions but this"}
      onClose={onClose}
      subject={<RevokeSubject email={email} />}
      now={sessionMark("active")}
      next={sessionMark("revoked")}
      note="Their access and refresh tokens are refused from the next request on. The customer must sign in again there."
      expected={preview === undefined ? null : plural(preview.ends, "active session")}
      incomplete={preview?.ends === 0 ? "There is no such active session to revoke." : null}
      confirm={choice.kind === "all" ? (except === null ? "Revoke all" : "Revoke all others") : "Revoke these"}
      tone="danger"
      where={where}
      reasons={REVOKE_REASONS}
      blocked={blocked}
      command={command}
      observed={observed}
      direct
    >
      <Which choice={choice} preview={preview} onChange={setChoice} />
      <PreviewedEffect preview={preview} />
    </ConfirmDialog>
  );
}

function Which({ choice, preview, onChange }: { choice: Choice; preview: RevokePreview | undefined; onChange: (choice: Choice) => void }) {
  const all = choices(preview?.devices ?? [], choice);
  const options = all.map(({ value, label }) => ({ value, label }));
  const value = all.find((each) => JSON.stringify(each.choice) === JSON.stringify(choice))?.value ?? "all";
  return <SelectField label="Which" value={value} options={options} onChange={(picked) => onChange(all.find((each) => each.value === picked)?.choice ?? { kind: "all" })} />;
}
