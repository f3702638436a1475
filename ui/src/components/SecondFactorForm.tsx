import { useState } from "react";
import { toIpcError } from "../lib/failure";
import { Button } from "./Button";
import styles from "./SecondFactorForm.module.css";
import { TextField } from "./TextField";

/** What an authenticator needs: to type, and as an SVG document to scan. */
type Offer = { secret: string; picture: string };

/** Enrols an authenticator: the password first, then a picture to scan, then a code that proves it. */
export function SecondFactorForm({ begin, confirm }: { begin: (password: string) => Promise<Offer>; confirm: (code: string) => Promise<void> }) {
  const [password, setPassword] = useState("");
  const [offer, setOffer] = useState<Offer | null>(null);
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const missing = offer === null ? (password === "" ? "Write your password." : null) : /^\d{6}$/.test(code.trim()) ? null : "Write the six digits that the authenticator shows.";
  const fail = (error: unknown) => {
    const refusal = toIpcError(error);
    setWrong(refusal.type === "unauthorized" && offer === null ? "This is not your password." : refusal.message);
    setBusy(false);
  };
  const send = () => {
    if (missing !== null || busy) return;
    setBusy(true);
    setWrong(null);
    if (offer === null) {
      begin(password).then((begun) => {
        setPassword("");
        setOffer(begun);
        setBusy(false);
      }, fail);
    } else confirm(code.trim()).catch(fail);
  };
  return (
    <form className={styles.form} aria-label="Enrol a second factor" onSubmit={(event) => [event.preventDefault(), send()]}>
      {offer === null ? (
        <TextField label="Your password" type="password" value={password} onChange={setPassword} maxLength={1_024} autoComplete="current-password" error={wrong} autoFocus />
      ) : (
        <>
          <p>Scan this with an authenticator on your phone, or type the key into it. It is shown only now.</p>
          <img className={styles.picture} src={`data:image/svg+xml,${encodeURIComponent(offer.picture)}`} alt="Code for the authenticator; the key below says the same" width={184} height={184} />
          <p className={styles.secret} data-selectable>
            {offer.secret.replace(/(.{4})/g, "$1 ").trim()}
          </p>
          <TextField label="Code that it shows" value={code} onChange={setCode} maxLength={6} autoComplete="one-time-code" error={wrong} autoFocus />
        </>
      )}
      <div>
        <Button type="submit" tone="primary" blocked={missing} busy={busy}>
          {offer === null ? "Show the code" : "Confirm"}
        </Button>
      </div>
    </form>
  );
}
