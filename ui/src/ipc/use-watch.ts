import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { WatchKind } from "../generated/commands";
import { read } from "../lib/failure";
import { keys } from "../lib/query-keys";
import { toast } from "../lib/toasts";
import { type Ipc, useIpc } from "./ipc";

/** What the person waits for; the window says when it changes. */
function watchedOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.watched, queryFn: () => read(ipc.commands.watched()), staleTime: Infinity });
}

/** Whether a notification comes when this ends, and the way to ask for it. */
export function useWatch(kind: WatchKind, id: string): { watched: boolean; toggle: () => void } {
  const ipc = useIpc();
  const client = useQueryClient();
  const { data } = useQuery(watchedOptions(ipc));
  const watched = (kind === "job" ? data?.jobs : data?.users)?.includes(id) ?? false;
  const toggle = () => {
    const asked = watched ? ipc.commands.unwatch(kind, id) : ipc.commands.watch(kind, id);
    read(asked).then(
      (next) => client.setQueryData(keys.watched, next),
      (error: unknown) => toast(error instanceof Error ? error.message : String(error)),
    );
  };
  return { watched, toggle };
}
