import type { QueryClient } from "@tanstack/react-query";
import type { Ipc } from "../ipc/ipc";
import { announceNow } from "../lib/announcer";
import { OUTCOME, addSettled } from "../lib/settled";

/** Takes in what became of commands whose answer was lost, until the answer is called. */
export function followSettled(ipc: Ipc, client: QueryClient): () => void {
  const ending = ipc.onCommandSettled((settled) => {
    addSettled(settled);
    announceNow(`${OUTCOME[settled.outcome].words}: ${settled.title}`);
    void client.invalidateQueries();
  });
  return () => void ending.then((end) => end());
}
