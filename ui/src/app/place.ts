import type { QueryClient } from "@tanstack/react-query";
import type { Bootstrap } from "../generated/commands";
import type { Ipc } from "../ipc/ipc";
import { setFreshness } from "../lib/freshness";
import { liveJobs, liveUsers } from "../lib/live-stores";
import { keys } from "../lib/query-keys";
import { clearSettled } from "../lib/settled";
import { makeQueryClient } from "./query-client";
import { makeRouter } from "./routes";

/** One person in one environment: its data and where they are in it. */
export type Place = { id: string; client: QueryClient; router: ReturnType<typeof makeRouter> };

/** What tells one place from another; `null` while nobody is signed in. */
export function placeId(session: Bootstrap): string | null {
  return session.staff === null ? null : `${session.environment?.id} ${session.staff.id}`;
}

/** A place with its first screen read, so that its first paint is complete. Nothing of a former place is in it. */
export async function openPlace(ipc: Ipc, session: Bootstrap): Promise<Place | null> {
  setFreshness(session.freshness);
  liveJobs.clear();
  liveUsers.clear();
  clearSettled();
  const id = placeId(session);
  if (id === null) return null;
  const client = makeQueryClient();
  if (session.now !== null) {
    client.setQueryData(keys.now, session.now);
    client.setQueryData(keys.counts, session.now.counts);
  }
  if (session.contradictions !== null) client.setQueryData(keys.contradictions, session.contradictions);
  const router = makeRouter({ ipc, client });
  if (session.path !== null) router.history.replace(session.path);
  await router.load();
  return { id, client, router };
}
