import { MessageSquareReply } from "lucide-react";
import { toast } from "../lib/toasts";
import { visibleText } from "../lib/visible-text";
import { Button } from "./Button";

/** Copies what to answer the customer. */
export function CopyReply({ reply }: { reply: string }) {
  return (
    <Button size="small" tone="quiet" icon={MessageSquareReply} hint={visibleText(reply, 300)} onPress={() => void navigator.clipboard.writeText(reply).then(() => toast("Copied the reply for the ticket."))}>
      Copy reply
    </Button>
  );
}
