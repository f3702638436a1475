import { useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { VisibleText } from "../../components/VisibleText";
import type { CaseView, QueueRow } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { useChangeBlock, useWhere } from "../../lib/session";
import { useTicked } from "../../lib/ticker";
import { visibleText } from "../../lib/visible-text";

/** Later on an undo would be a new decision. */
const UNDO_MS = 600_000;

/**
 * Takes a fix back, for ten minutes, where that is possible: a resumed queue can be paused again. What runs again is cancelled
 * on its page like everything that runs, and what was removed or moved along cannot be taken back; the preview said so.
 */
export function UndoFix({ view }: { view: CaseView }) {
  const { outcome, queue, queue_version } = view;
  const accepted_ms = outcome?.fix === "resume_queue" ? Date.parse(outcome.accepted_at) : null;
  const open = useTicked((now_ms) => accepted_ms !== null && now_ms - accepted_ms < UNDO_MS);
  const blocked = useChangeBlock("queue.pause");
  const [seen, setSeen] = useState<{ queue: string; version: number } | null>(null);
  const offered = open && view.verdict.cause !== "queue_paused" && queue !== null && queue_version !== null;
  return (
    <>
      {offered ? (
        <Button size="small" tone="quiet" icon={Undo2} blocked={blocked} onPress={() => setSeen({ queue, version: queue_version })}>
          Undo: pause it again…
        </Button>
      ) : null}
      {seen === null ? null : <PauseQueueDialog {...seen} onClose={() => setSeen(null)} />}
    </>
  );
}

function PauseQueueDialog({ queue, version, onClose }: { queue: string; version: number; onClose: () => void }) {
  const ipc = useIpc();
  const client = useQueryClient();
  const command = useCommand<string, QueueRow>({
    title: `Pause the queue “${visibleText(queue, 63)}” again`,
    send: (intent, reason) => ipc.commands.pauseQueue(intent, queue, version, { reason }),
    onAccepted: () => {
      void client.invalidateQueries({ queryKey: ["case"] });
      void client.invalidateQueries({ queryKey: ["contradictions"] });
    },
  });
  return (
    <ConfirmDialog
      title="Pause the queue again"
      onClose={onClose}
      subject={<VisibleText text={queue} max={63} />}
      now={{ word: "Open", tone: "success", icon: CirclePlay }}
      next={{ word: "Paused", tone: "warning", icon: CirclePause }}
      note="No worker takes anything from it any more. What was claimed meanwhile goes on."
      confirm="Pause it again"
      where={useWhere()}
      blocked={useChangeBlock("queue.pause")}
      command={command}
      observed={command.phase.name === "accepted" ? { state: "done", words: "The queue is paused again." } : null}
      direct
    />
  );
}
