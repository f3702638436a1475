import { Dialog } from "../../components/Dialog";
import { EnvironmentForm } from "../../components/EnvironmentForm";
import type { Environment } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { connectionSteps } from "../../lib/connection-words";
import { read } from "../../lib/failure";
import { useReplaceSession } from "../../lib/session";
import { visibleText } from "../../lib/visible-text";

/** Where nobody is signed in there are no settings: an environment is mended or added here. `environment`: the one to mend. */
export function EnvironmentDialog({ environment, onClose }: { environment: Environment | null; onClose: () => void }) {
  const ipc = useIpc();
  const replace = useReplaceSession();
  return (
    <Dialog title={environment === null ? "Add an environment" : `Edit ${visibleText(environment.name, 80)}`} open onClose={onClose}>
      <EnvironmentForm
        {...(environment === null ? {} : { before: environment })}
        onTest={async (api_url, authority) => connectionSteps(await read(ipc.commands.testEnvironment(api_url, authority, null)))}
        onSave={async (draft) => {
          if (environment === null) await read(ipc.commands.addEnvironment(draft));
          const next = await read(environment === null ? ipc.commands.bootstrap() : ipc.commands.editEnvironment(environment.id, draft));
          onClose();
          replace(next);
        }}
      />
    </Dialog>
  );
}
