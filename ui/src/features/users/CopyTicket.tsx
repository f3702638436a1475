import { ClipboardCopy } from "lucide-react";
import { Button } from "../../components/Button";
import type { TimelineKind } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { copyLater } from "../../lib/copy";
import { read } from "../../lib/failure";
import { toast } from "../../lib/toasts";

/** Copies state and timeline as text. What tells who the customer is, and what looks like a secret, is taken out by the window. */
export function CopyTicket({ userId, kinds }: { userId: string; kinds: readonly TimelineKind[] }) {
  const { commands } = useIpc();
  const copy = () => {
    copyLater(read(commands.userTicket(userId, [...kinds]))).then(
      () => toast("Copied for the ticket, without e-mails, addresses, names and secrets."),
      (error: unknown) => toast(`Not copied: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  return (
    <Button size="small" tone="quiet" icon={ClipboardCopy} onPress={copy} hint="State and timeline as text, without e-mails, addresses, names and secrets">
      Copy for ticket
    </Button>
  );
}
