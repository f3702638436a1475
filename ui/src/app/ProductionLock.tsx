import { Lock, LockOpen } from "lucide-react";
import { countdown, useProductionLock } from "../lib/production-lock";
import { useTicked } from "../lib/ticker";
import { visibleText } from "../lib/visible-text";
import styles from "./Shell.module.css";
import { useLockProduction } from "./use-session-actions";

/** Production is read-only until it is unlocked; how long it still is open. */
export function ProductionLock({ onUnlock }: { onUnlock: () => void }) {
  const lock = useProductionLock();
  const close = useLockProduction();
  const left = useTicked(() => (lock.state === "open" ? countdown(lock.until_ms, Date.now()) : ""));
  if (lock.state === "none") return null;
  return lock.state === "open" ? (
    <button type="button" className={styles.lock} data-open onClick={close} title={visibleText(`Unlocked: ${lock.reason}`, 200)} aria-label={`Unlocked for another ${left}. Lock now`}>
      <LockOpen size={14} aria-hidden />
      <span>Unlocked {left}</span>
      <span className={styles.lockDo}>Lock now</span>
    </button>
  ) : (
    <button type="button" className={styles.lock} onClick={onUnlock} aria-label="Read-only. Unlock…">
      <Lock size={14} aria-hidden />
      <span>Read-only</span>
      <span className={styles.lockDo}>Unlock…</span>
    </button>
  );
}
