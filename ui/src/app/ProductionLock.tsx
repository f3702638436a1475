import { Lock, LockOpen, ShieldAlert } from "lucide-react";
import { useState } from "react";
import { Banner } from "../components/Banner";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { TextField } from "../components/TextField";
import { useIpc } from "../ipc/ipc";
import { read, toIpcError } from "../lib/failure";
import { countdown, useProductionLock } from "../lib/production-lock";
import { useReplaceSession, useSession } from "../lib/session";
import { useTicked } from "../lib/ticker";
import { toast } from "../lib/toasts";
import { visibleText } from "../lib/visible-text";
import styles from "./Shell.module.css";

const REASON_MIN_CHARS = 3;
const REASON_MAX_CHARS = 120;

/** Production is read-only until it is unlocked; how long it still is open. */
export function ProductionLock() {
  const lock = useProductionLock();
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const [asking, setAsking] = useState(false);
  const left = useTicked(() => (lock.state === "open" ? countdown(lock.until_ms, Date.now()) : ""));
  const close = () => {
    read(ipc.commands.lockProduction()).then(replace, (error: unknown) => toast(toIpcError(error).message));
  };
  if (lock.state === "none") return null;
  return (
    <>
      {lock.state === "open" ? (
        <button type="button" className={styles.lock} data-open onClick={close} title={visibleText(`Unlocked: ${lock.reason}`, 200)} aria-label={`Unlocked for another ${left}. Lock now`}>
          <LockOpen size={14} aria-hidden />
          <span>Unlocked {left}</span>
          <span className={styles.lockDo}>Lock now</span>
        </button>
      ) : (
        <button type="button" className={styles.lock} onClick={() => setAsking(true)} aria-label="Read-only. Unlock…">
          <Lock size={14} aria-hidden />
          <span>Read-only</span>
          <span className={styles.lockDo}>Unlock…</span>
        </button>
      )}
      {asking ? <Unlock name={visibleText(session.environment?.name ?? "production", 40)} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function Unlock({ name, onClose }: { name: string; onClose: () => void }) {
  const ipc = useIpc();
  const replace = useReplaceSession();
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
