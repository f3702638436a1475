import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { EnvironmentForm } from "../../components/EnvironmentForm";
import type { Environment } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { connectionSteps } from "../../lib/connection-words";
import { read } from "../../lib/failure";
import { useReplaceSession, useSession } from "../../lib/session";
import { toast } from "../../lib/toasts";
import { EnvironmentRow } from "./EnvironmentRow";
import styles from "./Settings.module.css";

export function EnvironmentSettings() {
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const [open, setOpen] = useState<{ what: "remove" | "edit"; environment: Environment } | null>(null);
  const close = () => setOpen(null);
  const remove = (environment: Environment) => {
    close();
    // It may have been the current one: who is signed in where is asked anew.
    read(ipc.commands.removeEnvironment(environment.id))
      .then(() => read(ipc.commands.bootstrap()))
      .then(replace, (error: Error) => toast(error.message));
  };
  const test = async (api_url: string, authority: string | null, id: string | null) =>
    connectionSteps(await read(ipc.commands.testEnvironment(api_url, authority, id)));
  return (
    <>
      <ul className={styles.environments}>
        {session.preferences.environments.map((environment) => (
          <EnvironmentRow
            key={environment.id}
            environment={environment}
            current={environment.id === session.environment?.id}
            onTest={() => test(environment.api_url, environment.authority, environment.id)}
            onEdit={() => setOpen({ what: "edit", environment })}
            onRemove={() => setOpen({ what: "remove", environment })}
          />
        ))}
      </ul>
      <EnvironmentForm
        onTest={(api_url, authority) => test(api_url, authority, null)}
        onSave={async (draft) => replace({ ...session, preferences: await read(ipc.commands.addEnvironment(draft)) })}
      />
      {open?.what === "edit" ? (
        <Dialog title={`Edit ${open.environment.name}`} open onClose={close}>
          <EnvironmentForm
            before={open.environment}
            onTest={(api_url, authority) => test(api_url, authority, api_url === open.environment.api_url ? open.environment.id : null)}
            onSave={async (draft) => {
              const next = await read(ipc.commands.editEnvironment(open.environment.id, draft));
              close();
              replace(next);
            }}
          />
        </Dialog>
      ) : null}
      {open?.what === "remove" ? (
        <Dialog
          title={`Remove ${open.environment.name}?`}
          open
          alert
          onClose={close}
          footer={
            <>
              <Button onPress={close}>Cancel</Button>
              <Button tone="danger" onPress={() => remove(open.environment)}>
                Remove
              </Button>
            </>
          }
        >
          <p>This window forgets the environment and its sign-in. The system itself is not touched; you can add it again.</p>
        </Dialog>
      ) : null}
    </>
  );
}
