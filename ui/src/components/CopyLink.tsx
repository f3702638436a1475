import { Link2 } from "lucide-react";
import { toast } from "../lib/toasts";
import { Button } from "./Button";

/** Copies a link that opens this in the window of whoever follows it. */
export function CopyLink({ link }: { link: string }) {
  return (
    <Button size="small" tone="quiet" icon={Link2} hint={link} onPress={() => void navigator.clipboard.writeText(link).then(() => toast("Copied the link. It opens this in Repruv Ops."))}>
      Copy link
    </Button>
  );
}
