import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { EnvironmentForm } from "../../components/EnvironmentForm";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Environment } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { useReplaceSession, useSession } from "../../lib/session";
import { environmentMark } from "../../lib/states/environment";
import { toast } from "../../lib/toasts";
import styles from "./Settings.module.css";

export function EnvironmentSettings() {
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const [removing, setRemoving] = useState<Environment | null>(null);
  const [answers, setAnswers] = useState<Record<string, string>>({});

  const say = (id: string, words: string) => setAnswers((before) => ({ ...before, [id]: words }));
  const test = (environment: Environment) => {
    say(environment.id, "Testing…");
    read(ipc.commands.testEnvironment(environment.api_url)).then(
      (words) => say(environment.id, words),
      (error: Error) => say(environment.id, error.message),
    );
  };
  const go = (environment: Environment) => {
    read(ipc.commands.switchEnvironment(environment.id)).then(replace, (error: Error) => toast(error.message));
  };
  const remove = (environment: Environment) => {
    setRemoving(null);
    // It may have been the current one: who is signed in where is asked anew.
    read(ipc.commands.removeEnvironment(environment.id))
      .then(() => read(ipc.commands.bootstrap()))
      .then(replace, (error: Error) => toast(error.message));
  };
  return (
    <>
      <ul className={styles.environments}>
        {session.preferences.environments.map((environment) => (
          <li key={environment.id} className={styles.environment}>
            <span className={styles.kind}>
              <StatusBadge mark={environmentMark(environment.kind)} look="pill" />
            </span>
            <div className={styles.who}>
              <p className={styles.name}>
                <VisibleText text={environment.name} max={80} />
                {environment.id === session.environment?.id ? <span className={styles.current}>current</span> : null}
              </p>
              <p className={styles.words}>
                <VisibleText text={environment.api_url} max={200} />
                {answers[environment.id] ? ` · ${answers[environment.id]}` : null}
              </p>
            </div>
            {environment.id === session.environment?.id ? null : (
              <Button size="small" onPress={() => go(environment)}>
                Switch to it
              </Button>
            )}
            <Button size="small" tone="quiet" onPress={() => test(environment)}>
              Test
            </Button>
            <Button size="small" tone="quiet" onPress={() => setRemoving(environment)}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <EnvironmentForm
        onTest={(api_url) => read(ipc.commands.testEnvironment(api_url))}
        onAdd={async ({ name, kind, api_url }) => replace({ ...session, preferences: await read(ipc.commands.addEnvironment(name, kind, api_url)) })}
      />
      {removing === null ? null : (
        <Dialog
          title={`Remove ${removing.name}?`}
          open
          alert
          onClose={() => setRemoving(null)}
          footer={
            <>
              <Button onPress={() => setRemoving(null)}>Cancel</Button>
              <Button tone="danger" onPress={() => remove(removing)}>
                Remove
              </Button>
            </>
          }
        >
          <p>This window forgets the environment and its sign-in. The system itself is not touched; you can add it again.</p>
        </Dialog>
      )}
    </>
  );
}
