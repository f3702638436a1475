import { QueryCache, QueryClient } from "@tanstack/react-query";
import type { Bootstrap } from "../generated/commands";
import type { Ipc } from "../ipc/ipc";
import { IpcFailure } from "../lib/failure";

/** Data comes over IPC, not over a network that the browser knows: it is always "online". */
export function makeQueryClient(ipc: Ipc, onSignedOut: (next: Bootstrap) => void): QueryClient {
  let asking = false;
  const onError = (error: unknown) => {
    if (!(error instanceof IpcFailure) || error.error.type !== "unauthorized" || asking) return;
    asking = true;
    void ipc.commands
      .bootstrap()
      .then((answer) => {
        if (answer.status === "ok" && answer.data.staff === null) onSignedOut(answer.data);
      })
      .finally(() => {
        asking = false;
      });
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    defaultOptions: {
      queries: {
        networkMode: "always",
        staleTime: 10_000,
        gcTime: 5 * 60_000,
        retry: (failures, error) => failures < 2 && error instanceof IpcFailure && error.error.type === "unavailable",
        retryDelay: 1_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
