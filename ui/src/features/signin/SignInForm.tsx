import { KeyRound, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { SelectField } from "../../components/SelectField";
import { StatusBadge } from "../../components/StatusBadge";
import { TextField } from "../../components/TextField";
import type { KeychainState } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { read, toIpcError } from "../../lib/failure";
import { useReplaceSession, useSession } from "../../lib/session";
import { environmentMark } from "../../lib/states/environment";
import { EnvironmentDialog } from "./EnvironmentDialog";
import styles from "./SignIn.module.css";

type Trouble = { words: string | null; keychain: KeychainState };

export function SignInForm() {
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const { environments } = session.preferences;
  const [environmentId, setEnvironment] = useState(session.environment?.id ?? environments[0]?.id ?? "");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  // Asked for only where the API says that one is enrolled: it does not tell before the password is right.
  const [code, setCode] = useState<string | null>(null);
  // What this form met itself; until then what the start met, which may still change: a prompt can be answered late.
  const [met, setMet] = useState<Trouble | null>(null);
  const trouble = met ?? { words: session.sign_in_problem, keychain: session.keychain };
  const [only, setOnly] = useState<boolean | null>(null);
  const sessionOnly = only ?? trouble.keychain !== "ready";
  const [busy, setBusy] = useState<"signing in" | "trying again" | null>(null);
  const [open, setOpen] = useState<"edit" | "add" | null>(null);
  const environment = environments.find((each) => each.id === environmentId);
  const missing = email.trim() === "" ? "Write your e-mail." : password === "" ? "Write your password." : code?.trim() === "" ? "Write the code that your authenticator shows." : null;

  const fail = (error: unknown) => {
    const refusal = toIpcError(error);
    setMet({ words: refusal.message, keychain: refusal.type === "keychain" ? refusal.state : "ready" });
    if (refusal.type === "second_factor") setCode("");
    if (refusal.type === "keychain") setOnly(true);
    setBusy(null);
  };
  const signIn = () => {
    if (busy === "signing in") return;
    setMet({ words: missing, keychain: "ready" });
    if (missing !== null) return;
    setOnly(sessionOnly);
    setBusy("signing in");
    read(ipc.commands.signIn(environmentId, email.trim(), password, code === null ? null : code.trim(), sessionOnly)).then(replace, fail);
  };
  // With what is kept: the keychain was unlocked meanwhile, or the API is back.
  const tryAgain = () => {
    setBusy("trying again");
    read(ipc.commands.switchEnvironment(environmentId)).then((next) => {
      setBusy(null);
      replace(next);
    }, fail);
  };

  const form = (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        signIn();
      }}
    >
      <SelectField label="Environment" value={environmentId} onChange={setEnvironment} options={environments.map(({ id, name }) => ({ value: id, label: name }))} />
      {environment ? (
        <p className={styles.where}>
          <StatusBadge mark={environmentMark(environment.kind)} look="pill" />
          <span className={styles.url}>{environment.api_url}</span>
        </p>
      ) : null}
      <div className={styles.buttons}>
        <Button size="small" tone="quiet" onPress={() => setOpen("edit")}>
          Edit environment…
        </Button>
        <Button size="small" tone="quiet" onPress={() => setOpen("add")}>
          Add another…
        </Button>
      </div>
      <TextField label="E-mail" type="email" value={email} onChange={setEmail} maxLength={255} autoComplete="username" autoFocus />
      <TextField label="Password" type="password" value={password} onChange={setPassword} maxLength={1_024} autoComplete="current-password" />
      {code === null ? null : <TextField label="Code of your authenticator" value={code} onChange={setCode} maxLength={6} autoComplete="one-time-code" autoFocus />}
      {trouble.words === null ? null : (
        <Banner tone={trouble.keychain === "ready" ? "danger" : "warning"} icon={trouble.keychain === "ready" ? TriangleAlert : KeyRound}>
          {trouble.words}
        </Banner>
      )}
      {busy === null ? null : <Slow />}
      <label className={styles.only}>
        <input type="checkbox" checked={sessionOnly} onChange={(event) => setOnly(event.target.checked)} />
        This session only: forget me when the window closes
      </label>
      <div className={styles.buttons}>
        <Button type="submit" tone="primary" busy={busy === "signing in"}>
          {busy === "signing in" ? "Signing in…" : "Sign in"}
        </Button>
        {met === null && session.may_try_again ? (
          <Button onPress={tryAgain} busy={busy !== null}>
            {busy === "trying again" ? "Trying again…" : "Try again without a password"}
          </Button>
        ) : null}
      </div>
    </form>
  );
  const close = () => {
    setOpen(null);
    // What was in the way may be mended.
    setMet(null);
  };
  return (
    <>
      {form}
      {open === null ? null : <EnvironmentDialog environment={open === "edit" ? (environment ?? null) : null} onClose={close} />}
    </>
  );
}

const SLOW_MS = 2_000;

/** What it may be waiting for, once it takes longer than it should. */
function Slow() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!slow) return null;
  return (
    <p className={styles.words} role="status">
      Still waiting. The keychain’s question may be open behind this window, or the API is slow; it ends by itself.
    </p>
  );
}
