import { KeyRound, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { SelectField } from "../../components/SelectField";
import { StatusBadge } from "../../components/StatusBadge";
import { TextField } from "../../components/TextField";
import type { KeychainState } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { IpcFailure, read, toIpcError } from "../../lib/failure";
import { useReplaceSession, useSession } from "../../lib/session";
import { environmentMark } from "../../lib/states/environment";
import styles from "./SignIn.module.css";

const KEYCHAIN: Record<Exclude<KeychainState, "ready">, string> = {
  locked: "This machine’s keychain is locked. Unlock it to stay signed in, or sign in for this session only.",
  absent: "This machine has no keychain service (on Linux: install gnome-keyring or KWallet). You can sign in for this session only.",
  denied: "The keychain’s question was dismissed. Allow it to stay signed in, or sign in for this session only.",
};

export function SignInForm() {
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const { environments } = session.preferences;
  const [environmentId, setEnvironment] = useState(session.environment?.id ?? environments[0]?.id ?? "");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [keychain, setKeychain] = useState(session.keychain);
  const [sessionOnly, setSessionOnly] = useState(session.keychain !== "ready");
  const [problem, setProblem] = useState(session.sign_in_problem);
  const [busy, setBusy] = useState(false);
  const environment = environments.find((each) => each.id === environmentId);
  const missing = email.trim() === "" ? "Write your e-mail." : password === "" ? "Write your password." : null;

  const signIn = async () => {
    if (busy) return;
    if (missing !== null) {
      setProblem(missing);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      replace(await read(ipc.commands.signIn(environmentId, email.trim(), password, sessionOnly)));
    } catch (error) {
      const refusal = toIpcError(error);
      setProblem(refusal.message);
      if (error instanceof IpcFailure && refusal.type === "keychain") {
        setKeychain(refusal.state);
        setSessionOnly(true);
      }
      setBusy(false);
    }
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <SelectField label="Environment" value={environmentId} onChange={setEnvironment} options={environments.map(({ id, name }) => ({ value: id, label: name }))} />
      {environment ? (
        <p className={styles.where}>
          <StatusBadge mark={environmentMark(environment.kind)} look="pill" />
          <span className={styles.url}>{environment.api_url}</span>
        </p>
      ) : null}
      <TextField label="E-mail" type="email" value={email} onChange={setEmail} maxLength={255} autoComplete="username" autoFocus />
      <TextField label="Password" type="password" value={password} onChange={setPassword} maxLength={1_024} autoComplete="current-password" />
      {problem === null ? null : (
        <Banner tone="danger" icon={TriangleAlert}>
          {problem}
        </Banner>
      )}
      {keychain === "ready" ? null : (
        <Banner tone="warning" icon={KeyRound}>
          {KEYCHAIN[keychain]}
        </Banner>
      )}
      <label className={styles.only}>
        <input type="checkbox" checked={sessionOnly} onChange={(event) => setSessionOnly(event.target.checked)} />
        This session only: forget me when the window closes
      </label>
      <Button type="submit" tone="primary" busy={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
