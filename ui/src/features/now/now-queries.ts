import { queryOptions } from "@tanstack/react-query";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";

/** Changes ask for it anew; the clock does too, as minutes pass without any. */
const EVERY_MS = 15_000;

export function nowOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.now, queryFn: () => read(ipc.commands.now()), refetchInterval: EVERY_MS });
}
