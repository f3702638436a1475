import { createContext, useContext } from "react";
import type { Bootstrap, Permission, Preferences, Times } from "../generated/commands";
import { useWriteBlock } from "./freshness";
import { useProductionLock } from "./production-lock";
import { visibleText } from "./visible-text";

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
export function useChangeBlock(permission?: Permission): string | null {
  const session = useContext(SessionContext);
  const stale = useWriteBlock();
  const lock = useProductionLock();
  if (session?.staff?.role === "viewer") return "Your role is viewer: you may look, but not change anything.";
  const permissions = session?.access?.permissions;
  if (permission !== undefined && permissions !== undefined && !permissions.includes(permission)) {
    return `Your role is ${session?.staff?.role ?? "not known"}: it does not have the permission ${permission}. Ask an admin.`;
  }
  if (stale === null && lock.state === "locked") return `${visibleText(session?.environment?.name ?? "Production", 40)} is read-only. Unlock it at the top of the window first.`;
  return stale;
}

/** Whether one person alone may not do this here: it goes by a plan that a colleague approves. */
export function useNeedsSecondPerson(permission: Permission): boolean {
  return useContext(SessionContext)?.access?.needs_second_person?.includes(permission) ?? false;
}

/** Said on every button that changes something: "in Production EU", "in production (EU 1)". */
export function useWhere(): string | null {
  const environment = useContext(SessionContext)?.environment;
  if (!environment) return null;
  const name = visibleText(environment.name, 40);
  return name.toLowerCase().includes(environment.kind) ? `in ${name}` : `in ${environment.kind} (${name})`;
}
