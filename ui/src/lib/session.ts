import { createContext, useContext } from "react";
import type { Bootstrap, Preferences, Times } from "../generated/commands";
import { useWriteBlock } from "./freshness";

/** Who works where, and how they like it: what the window said last. */
export const SessionContext = createContext<Bootstrap | null>(null);

/** Takes the place of the session: after signing in or out, another environment, other preferences. */
export const ReplaceSessionContext = createContext<(next: Bootstrap) => void>(() => undefined);

export function useReplaceSession(): (next: Bootstrap) => void {
  return useContext(ReplaceSessionContext);
}

export function useSession(): Bootstrap {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("There is no session around this component.");
  return session;
}

/** As the person chose; the defaults where there is no session. */
function usePreferences(): Pick<Preferences, "times" | "density"> {
  return useContext(SessionContext)?.preferences ?? { times: "relative", density: "normal" };
}

export function useTimes(): Times {
  return usePreferences().times;
}

const ROW_PX = { compact: 28, normal: 32, relaxed: 40 } as const;

export function useRowHeight(): number {
  return ROW_PX[usePreferences().density];
}

/** Why this person may change nothing now; `null` when they may. The server decides; this only saves a refused press. */
export function useChangeBlock(): string | null {
  const session = useContext(SessionContext);
  const stale = useWriteBlock();
  if (session?.staff?.role === "viewer") return "Your role is viewer: you may look, but not change anything.";
  return stale;
}

/** Said on buttons that change something where it is not harmless: "in Production". */
export function useWhere(): string | null {
  const environment = useContext(SessionContext)?.environment;
  return environment?.kind === "production" ? `in ${environment.name}` : null;
}
