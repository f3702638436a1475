import { KeyRound } from "lucide-react";
import { useState } from "react";
import { toIpcError } from "../lib/failure";
import { Banner } from "./Banner";
import { Button } from "./Button";
import styles from "./Reauthenticate.module.css";
import { TextField } from "./TextField";

/** Asks once more who is there, for what needs a password given a few minutes ago. */
export function Reauthenticate({ send: ask }: { send: (password: string, code: string | null) => Promise<void> }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wantsCode, setWantsCode] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const missing = password === "" ? "Write your password." : wantsCode && code.trim() === "" ? "Write the code that your authenticator shows." : null;
  const send = () => {
    if (missing !== null || busy) return;
    setBusy(true);
    setWrong(null);
    ask(password, code.trim() === "" ? null : code.trim()).catch((error: unknown) => {
      const refusal = toIpcError(error);
      if (refusal.type === "second_factor") setWantsCode(true);
      setWrong(refusal.type === "unauthorized" ? "This is not your password." : refusal.message);
      setBusy(false);
    });
  };
  return (
    <form
      className={styles.form}
      aria-label="Confirm that it is you"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Banner tone="info" icon={KeyRound}>
        This needs a password that was given in the last five minutes. Nothing was changed; it goes on by itself once you have given it.
      </Banner>
      <TextField label="Your password" type="password" value={password} onChange={setPassword} maxLength={1_024} autoComplete="current-password" error={wantsCode ? null : wrong} autoFocus />
      {wantsCode ? <TextField label="Code of your authenticator" value={code} onChange={setCode} maxLength={6} autoComplete="one-time-code" error={wrong} autoFocus /> : null}
      <div>
        <Button type="submit" tone="primary" blocked={missing} busy={busy}>
          It is me: go on
        </Button>
      </div>
    </form>
  );
}
