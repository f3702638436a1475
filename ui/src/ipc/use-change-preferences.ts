import type { Preferences } from "../generated/commands";
import { useIpc } from "./ipc";
import { read } from "../lib/failure";
import { useReplaceSession, useSession } from "../lib/session";
import { toast } from "../lib/toasts";

/** The preferences, and what changes a part of them: at once, and back again when it cannot be kept. */
export function useChangePreferences(): { preferences: Preferences; change: (part: Partial<Preferences>) => void } {
  const ipc = useIpc();
  const session = useSession();
  const replace = useReplaceSession();
  const { preferences } = session;
  const change = (part: Partial<Preferences>) => {
    const next = { ...preferences, ...part };
    replace({ ...session, preferences: next });
    read(ipc.commands.setPreferences(next)).catch((error: unknown) => {
      replace({ ...session, preferences });
      toast(`Not kept: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  return { preferences, change };
}
