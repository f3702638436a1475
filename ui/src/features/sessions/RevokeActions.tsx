import { LogOut } from "lucide-react";
import { useState } from "react";
import { Actions } from "../../components/Actions";
import { Button } from "../../components/Button";
import type { SessionRow } from "../../generated/commands";
import { useChangeBlock, useNeedsSecondPerson } from "../../lib/session";
import { RevokeSessionDialog } from "./RevokeSessionDialog";
import { RevokeSessionsDialog } from "./RevokeSessionsDialog";
import { NOT_ALONE } from "./session-words";

type Open = { what: "one" | "all" | "others"; seen: SessionRow };

/** What can be ended from here: this session, all of its user, or all but this. */
export function RevokeActions({ session, onPlanned }: { session: SessionRow; onPlanned: (planId: string) => void }) {
  const blocked = useChangeBlock();
  const notAlone = useNeedsSecondPerson("session.revoke_all") ? NOT_ALONE : null;
  const [open, setOpen] = useState<Open | null>(null);
  const { offer } = session;
  const close = () => setOpen(null);
  return (
    <Actions label="Revoke">
      <Button
        icon={LogOut}
        tone={offer.allowed ? "danger" : "plain"}
        blocked={offer.allowed ? blocked : (offer.refusal ?? "The rules do not allow it now.")}
        onPress={() => setOpen({ what: "one", seen: session })}
      >
        Revoke…
      </Button>
      <Button blocked={offer.allowed ? (notAlone ?? blocked) : "This session has ended, so there is nothing to keep. Revoke all instead."} onPress={() => setOpen({ what: "others", seen: session })}>
        Revoke all but this…
      </Button>
      <Button blocked={blocked} onPress={() => setOpen({ what: "all", seen: session })}>
        Revoke all of this user…
      </Button>
      {open?.what === "one" ? <RevokeSessionDialog seen={open.seen} onClose={close} /> : null}
      {open === null || open.what === "one" ? null : (
        <RevokeSessionsDialog userId={open.seen.user_id} email={open.seen.user_email} except={open.what === "others" ? open.seen : null} onPlanned={onPlanned} onClose={close} />
      )}
    </Actions>
  );
}
