import { Waypoints } from "lucide-react";
import { EnvironmentForm } from "../../components/EnvironmentForm";
import { useIpc } from "../../ipc/ipc";
import { connectionSteps } from "../../lib/connection-words";
import { read } from "../../lib/failure";
import { useReplaceSession, useSession } from "../../lib/session";
import { FirstSteps } from "./FirstSteps";
import { SignInForm } from "./SignInForm";
import styles from "./SignIn.module.css";

/** Nobody is signed in: where to, as whom. */
export function SignInPage() {
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const { environments } = session.preferences;
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <header className={styles.head}>
          <Waypoints size={20} aria-hidden />
          <h1>{environments.length === 0 ? "Add the first environment" : session.entering === null ? "Sign in to Repruv Ops" : "One more step"}</h1>
        </header>
        {environments.length === 0 ? (
          <>
            <p className={styles.words}>An environment is a system that this window works on. Ask an admin for the address of its API.</p>
            <EnvironmentForm
              onTest={async (api_url, authority) => connectionSteps(await read(ipc.commands.testEnvironment(api_url, authority, null)))}
              onSave={async (draft) => {
                await read(ipc.commands.addEnvironment(draft));
                replace(await read(ipc.commands.bootstrap()));
              }}
            />
          </>
        ) : session.entering !== null ? (
          <FirstSteps key={session.entering.to_do[0]} entering={session.entering} />
        ) : (
          <SignInForm key={session.environment?.id} />
        )}
      </div>
      <p className={styles.version}>Version {session.version}</p>
    </main>
  );
}
