import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useState } from "react";
import { SignInPage } from "../features/signin/SignInPage";
import type { Bootstrap } from "../generated/commands";
import { type Ipc, IpcContext } from "../ipc/ipc";
import { setProductionLock } from "../lib/production-lock";
import { keys } from "../lib/query-keys";
import { ReplaceSessionContext, SessionContext } from "../lib/session";
import { followSettled } from "./follow-settled";
import { followLive } from "./live";
import { type Place, openPlace, placeId } from "./place";
import { watchSignOut } from "./query-client";
import { useTheme } from "./use-theme";

type AppProps = { ipc: Ipc; bootstrap: Bootstrap; firstPlace: Place | null };

/** From the first answer of the window to everything else. */
export function App({ ipc, bootstrap, firstPlace }: AppProps) {
  const [{ session, place }, setState] = useState({ session: bootstrap, place: firstPlace });
  useTheme(session.preferences);
  useLayoutEffect(() => setProductionLock(session.production), [session.production]);

  const replace = useCallback(
    (next: Bootstrap) => {
      if (placeId(next) === (place?.id ?? null)) {
        setState({ session: next, place });
        return;
      }
      // What is on the screen stays until the new place can be painted whole.
      void openPlace(ipc, next).then((opened) => setState({ session: next, place: opened }));
    },
    [ipc, place],
  );

  useEffect(() => {
    const ending = ipc.onSessionChanged(() => {
      void ipc.commands.bootstrap().then((answer) => (answer.status === "ok" ? replace(answer.data) : undefined));
    });
    return () => void ending.then((end) => end());
  }, [ipc, replace]);

  useEffect(() => {
    if (place === null) return undefined;
    const endLive = followLive(ipc, place.client);
    const endWatch = watchSignOut(ipc, place.client, replace);
    const endSettled = followSettled(ipc, place.client);
    const endWatches = ipc.onWatchesChanged(() => void place.client.invalidateQueries({ queryKey: keys.watched }));
    const endNavigate = ipc.onNavigate((path) => void place.router.navigate({ href: path }));
    return () => {
      endLive();
      endWatch();
      endSettled();
      void endWatches.then((end) => end());
      void endNavigate.then((end) => end());
    };
  }, [ipc, place, replace]);

  return (
    <IpcContext value={ipc}>
      <SessionContext value={session}>
        <ReplaceSessionContext value={replace}>
          {place === null ? (
            <SignInPage />
          ) : (
            <QueryClientProvider client={place.client}>
              <RouterProvider key={place.id} router={place.router} />
            </QueryClientProvider>
          )}
        </ReplaceSessionContext>
      </SessionContext>
    </IpcContext>
  );
}
