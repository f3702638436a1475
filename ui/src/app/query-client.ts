import { QueryClient } from "@tanstack/react-query";
import type { Bootstrap } from "../generated/commands";
import type { Ipc } from "../ipc/ipc";
import { IpcFailure } from "../lib/failure";

/** Data comes over IPC, not over a network that the browser knows: it is always "online". */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
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

/** When a read is refused for want of a sign-in, asks who is signed in; until the answer is called. */
export function watchSignOut(ipc: Ipc, client: QueryClient, onSignedOut: (next: Bootstrap) => void): () => void {
  let asking = false;
  const ask = async () => {
    asking = true;
    try {
      const answer = await ipc.commands.bootstrap();
      if (answer.status === "ok" && answer.data.staff === null) onSignedOut(answer.data);
    } finally {
      asking = false;
    }
  };
  return client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "error" || asking) return;
    const { error } = event.action;
    if (error instanceof IpcFailure && error.error.type === "unauthorized") void ask();
  });
}
