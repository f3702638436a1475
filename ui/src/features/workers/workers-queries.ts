import { queryOptions } from "@tanstack/react-query";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";

/** As often as workers say that they are alive. */
const EVERY_MS = 5_000;

export function workersOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.workers, queryFn: () => read(ipc.commands.workers()), refetchInterval: EVERY_MS });
}
