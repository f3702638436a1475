import { queryOptions } from "@tanstack/react-query";
import type { Ipc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { keys } from "../../lib/query-keys";

const EVERY_MS = 15_000;

export function errorWordsOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.errorWords, queryFn: () => read(ipc.commands.errorWords()), refetchInterval: EVERY_MS });
}

export function membersOptions(ipc: Ipc) {
  return queryOptions({ queryKey: keys.members, queryFn: () => read(ipc.commands.members()), refetchInterval: EVERY_MS });
}
