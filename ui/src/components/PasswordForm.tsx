import { useState } from "react";
import { toIpcError } from "../lib/failure";
import { Button } from "./Button";
import styles from "./Reauthenticate.module.css";
import { TextField } from "./TextField";

const CHARS_MIN = 12;

/** Another password for oneself. */
export function PasswordForm({ send: change }: { send: (current: string, next: string, code: string | null) => Promise<void> }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const missing =
    current === ""
      ? "Write the password that you have now."
      : [...next].length < CHARS_MIN
        ? `The new one needs ${CHARS_MIN} characters at least.`
        : next !== again
          ? "The two new ones differ."
          : null;
  const send = () => {
    if (missing !== null || busy) return;
    setBusy(true);
    setWrong(null);
    change(current, next, code === null ? null : code.trim()).catch((error: unknown) => {
      const refusal = toIpcError(error);
      if (refusal.type === "second_factor") setCode("");
      setWrong(refusal.type === "unauthorized" ? "The password that you have now is another one." : refusal.message);
      setBusy(false);
    });
  };
  return (
    <form className={styles.form} aria-label="Choose a password" onSubmit={(event) => [event.preventDefault(), send()]}>
      <TextField label="Password now" type="password" value={current} onChange={setCurrent} maxLength={1_024} autoComplete="current-password" autoFocus />
      <TextField label="New password" type="password" value={next} onChange={setNext} maxLength={1_024} autoComplete="new-password" hint={`${CHARS_MIN} characters at least; a sentence is easy to remember`} />
      <TextField label="New password, once more" type="password" value={again} onChange={setAgain} maxLength={1_024} autoComplete="new-password" error={wrong} />
      {code === null ? null : <TextField label="Code of your authenticator" value={code} onChange={setCode} maxLength={6} autoComplete="one-time-code" />}
      <div>
        <Button type="submit" tone="primary" blocked={missing} busy={busy}>
          Change password
        </Button>
      </div>
    </form>
  );
}
