import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { Banner } from "../components/Banner";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { TextField } from "../components/TextField";
import { useIpc } from "../ipc/ipc";
import { read, toIpcError } from "../lib/failure";
import { useReplaceSession, useSession } from "../lib/session";
import { visibleText } from "../lib/visible-text";

const REASON_MIN_CHARS = 3;
const REASON_MAX_CHARS = 120;

/** Opens production for changes for a while, for a reason that goes along with each of them. */
export function UnlockDialog({ onClose }: { onClose: () => void }) {
  const ipc = useIpc();
  const replace = useReplaceSession();
  const name = visibleText(useSession().environment?.name ?? "production", 40);
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const missing = [...reason.trim()].length < REASON_MIN_CHARS ? `Say why, in at least ${REASON_MIN_CHARS} characters.` : null;
  const unlock = () => {
    if (missing !== null || busy) return;
    setBusy(true);
    read(ipc.commands.unlockProduction(reason)).then(
      (next) => {
        replace(next);
        onClose();
      },
      (error: unknown) => {
        setWrong(toIpcError(error).message);
        setBusy(false);
      },
    );
  };
  return (
    <Dialog
      title={`Unlock ${name} for 15 minutes?`}
      open
      alert
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button tone="danger" onPress={unlock} blocked={missing} busy={busy}>
            {`Unlock ${name}`}
          </Button>
        </>
      }
    >
      <Banner tone="danger" icon={ShieldAlert}>
        These are real customers. Every change asks for its own reason as before; this one goes along with each of them into the audit trail.
      </Banner>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          unlock();
        }}
      >
        <TextField label="Why you need to change something" value={reason} onChange={setReason} maxLength={REASON_MAX_CHARS} placeholder="Ticket 4711: Ana cannot leave demo mode" error={wrong} autoFocus />
      </form>
    </Dialog>
  );
}
