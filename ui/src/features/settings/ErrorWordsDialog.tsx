import { useQueryClient } from "@tanstack/react-query";
import { PencilLine } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { TextField } from "../../components/TextField";
import { VisibleText } from "../../components/VisibleText";
import type { ErrorWords } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { keys } from "../../lib/query-keys";
import { useChangeBlock, useWhere } from "../../lib/session";
import { visibleText } from "../../lib/visible-text";

const MIN_CHARS = 3;
const TITLE_MAX_CHARS = 100;
const SEES_MAX_CHARS = 500;
const REPLY_MAX_CHARS = 2_000;

/** What an error is called, what the customer sees of it, and what to reply: written once for all errors that are the same. */
export function ErrorWordsDialog({ seen, onClose }: { seen: ErrorWords; onClose: () => void }) {
  const ipc = useIpc();
  const client = useQueryClient();
  const [title, setTitle] = useState(seen.title ?? "");
  const [sees, setSees] = useState(seen.customer_sees ?? "");
  const [reply, setReply] = useState(seen.ticket_reply ?? "");
  const command = useCommand<string, ErrorWords>({
    title: `Words for the error “${visibleText(seen.sample, 80)}”`,
    send: (intent, reason) =>
      ipc.commands.writeErrorWords(intent, seen.version, { reason, fingerprint: seen.fingerprint, title: title.trim(), customer_sees: sees.trim(), ticket_reply: reply.trim() }),
    onAccepted: () => {
      void client.invalidateQueries({ queryKey: keys.errorWords });
      void client.invalidateQueries({ queryKey: ["case"] });
    },
  });
  const short = [title, sees, reply].some((text) => text.trim().length < MIN_CHARS);
  return (
    <ConfirmDialog
      title="Words for an error"
      onClose={onClose}
      subject={<VisibleText text={seen.sample} max={500} />}
      now={{ word: seen.title === null ? "Needs words" : "Has words", tone: "neutral", icon: PencilLine }}
      next={null}
      note="They stand in every verdict on a job that ended with this error, from the next look on. Numbers, ids and addresses in it make no difference."
      incomplete={short ? "Write all three: what it is called, what the customer sees, and a reply." : null}
      confirm="Save the words"
      where={useWhere()}
      blocked={useChangeBlock("error_words.write")}
      command={command}
      observed={command.phase.name === "accepted" ? { state: "done", words: "The words are saved." } : null}
      direct
    >
      <TextField label="What it is called" value={title} onChange={setTitle} maxLength={TITLE_MAX_CHARS} hint="A few words without a full stop." />
      <TextField label="What the customer sees" value={sees} onChange={setSees} lines={2} maxLength={SEES_MAX_CHARS} />
      <TextField label="Reply for the ticket" value={reply} onChange={setReply} lines={4} maxLength={REPLY_MAX_CHARS} />
    </ConfirmDialog>
  );
}
