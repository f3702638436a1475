import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { SignInPage } from "../features/signin/SignInPage";
import type { Bootstrap } from "../generated/commands";
import { type Ipc, IpcContext } from "../ipc/ipc";
import { setFreshness } from "../lib/freshness";
import { liveJobs, liveUsers } from "../lib/live-stores";
import { keys } from "../lib/query-keys";
import { ReplaceSessionContext, SessionContext } from "../lib/session";
import { followLive } from "./live";
import { makeQueryClient } from "./query-client";
import { makeRouter } from "./routes";
import { useTheme } from "./use-theme";

/** From the first answer of the window to everything else. */
export function App({ ipc, bootstrap }: { ipc: Ipc; bootstrap: Bootstrap }) {
  const [session, setSession] = useState(bootstrap);
  const place = session.staff === null ? null : `${session.environment?.id} ${session.staff.id}`;

  // Another environment or another person: nothing of the former may be seen again.
  const { client, router } = useMemo(() => {
    liveJobs.clear();
    liveUsers.clear();
    const client = makeQueryClient(ipc, (next) => setSession(next));
    if (session.now !== null) {
      client.setQueryData(keys.now, session.now);
      client.setQueryData(keys.counts, session.now.counts);
    }
    return { client, router: makeRouter({ ipc, client }) };
    // eslint-disable-next-line react/exhaustive-deps -- a new place is the reason to begin anew
  }, [ipc, place]);

  useLayoutEffect(() => {
    setFreshness(session.freshness);
    // eslint-disable-next-line react/exhaustive-deps -- preferences change the session too, and bring no new data
  }, [client]);

  useTheme(session.preferences);

  useEffect(() => {
    if (place === null) return undefined;
    return followLive(ipc, client);
  }, [ipc, client, place]);

  useEffect(() => {
    if (session.path !== null && session.staff !== null) void router.navigate({ href: session.path });
    const ending = ipc.onNavigate((path) => void router.navigate({ href: path }));
    return () => void ending.then((end) => end());
    // eslint-disable-next-line react/exhaustive-deps -- the path is where to begin, not where to stay
  }, [ipc, router]);

  useEffect(() => {
    // Two frames: the first paint is on the screen when the window is shown.
    requestAnimationFrame(() => requestAnimationFrame(() => void ipc.commands.windowReady()));
  }, [ipc]);

  return (
    <IpcContext value={ipc}>
      <SessionContext value={session}>
        <ReplaceSessionContext value={setSession}>
          <QueryClientProvider client={client}>{place === null ? <SignInPage /> : <RouterProvider router={router} />}</QueryClientProvider>
        </ReplaceSessionContext>
      </SessionContext>
    </IpcContext>
  );
}
