import { useIpc } from "../ipc/ipc";
import { read, toIpcError } from "../lib/failure";
import { useReplaceSession } from "../lib/session";
import { toast } from "../lib/toasts";

const told = (error: unknown) => toast(toIpcError(error).message);

export function useSignOut(): () => void {
  const { commands } = useIpc();
  const replace = useReplaceSession();
  return () => void read(commands.signOut()).then(replace, told);
}

/** Production is read-only again, before its time is over. */
export function useLockProduction(): () => void {
  const { commands } = useIpc();
  const replace = useReplaceSession();
  return () => void read(commands.lockProduction()).then(replace, told);
}
