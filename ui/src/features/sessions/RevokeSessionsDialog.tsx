import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SelectField } from "../../components/SelectField";
import { VisibleText } from "../../components/VisibleText";
import type { RevokePreview, SessionRow, SessionsRevoked } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { plural } from "../../lib/numbers";
import { useChangeBlock, useWhere } from "../../lib/session";
import { sessionMark } from "../../lib/states/session";
import { exactTime } from "../../lib/time";
import { visibleText } from "../../lib/visible-text";
import { RevokeEffect } from "./RevokeEffect";
import { type Choice, choiceWords, choices, meant, whichOf } from "./revoke-choice";
import { revokePreviewOptions } from "./sessions-queries";
import { useRevoke } from "./use-revoke";

type RevokeSessionsDialogProps = { userId: string; email: string; /** The one that stays. */ except: SessionRow | null; onClose: () => void };

/** Ends a user's sessions: all, all but one, those on a device, or those that were not used for some days. */
export function RevokeSessionsDialog({ userId, email, except, onClose }: RevokeSessionsDialogProps) {
  const ipc = useIpc();
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
  return (
    <ConfirmDialog
      title={except === null ? "Revoke sessions" : "Revoke all sessions but this"}
      onClose={onClose}
      subject={
        <>
          Of{" "}
          <strong>
            <VisibleText text={email} max={160} />
          </strong>
        </>
      }
      now={sessionMark("active")}
      next={sessionMark("revoked")}
      note="Their access and refresh tokens are refused from the next request on. The customer must sign in again there."
      expected={preview === undefined ? null : plural(preview.ends, "active session")}
      incomplete={preview?.ends === 0 ? "There is no such active session to revoke." : null}
      confirm={choice.kind === "all" ? (except === null ? "Revoke all" : "Revoke all others") : "Revoke these"}
      tone="danger"
      where={useWhere()}
      reasons={["Customer asked for it", "Account may be compromised", "Password was changed"]}
      blocked={blocked}
      command={command}
      observed={observed}
      direct
    >
      <Which choice={choice} preview={preview} onChange={setChoice} />
      <RevokeEffect dies={preview === undefined ? "Counting…" : dies(preview)} lives={preview === undefined ? "Counting…" : lives(preview)} />
    </ConfirmDialog>
  );
}

function Which({ choice, preview, onChange }: { choice: Choice; preview: RevokePreview | undefined; onChange: (choice: Choice) => void }) {
  const all = choices(preview?.devices ?? [], choice);
  const options = all.map(({ value, label }) => ({ value, label }));
  const value = all.find((each) => JSON.stringify(each.choice) === JSON.stringify(choice))?.value ?? "all";
  return <SelectField label="Which" value={value} options={options} onChange={(picked) => onChange(all.find((each) => each.value === picked)?.choice ?? { kind: "all" })} />;
}

const DEVICES_MAX = 4;

function dies({ ends, devices }: RevokePreview): string {
  const names = devices.filter((device) => device.ends > 0).map(({ device, ends }) => `${visibleText(device, 80)}${ends > 1 ? ` (${ends})` : ""}`);
  const more = names.length - DEVICES_MAX;
  return `${plural(ends, "active session")}${names.length === 0 ? "" : ": "}${names.slice(0, DEVICES_MAX).join(", ")}${more > 0 ? ` and ${more} more kinds of device` : ""}.`;
}

function lives({ stays, stays_until }: RevokePreview): string {
  if (stays === 0 || stays_until === null) return "Nothing: the customer is signed out everywhere.";
  return `${plural(stays, "active session")} of this user, the last until ${exactTime(stays_until)}.`;
}
