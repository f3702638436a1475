import { CalendarClock, OctagonX, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Actions } from "../../components/Actions";
import { Button } from "../../components/Button";
import type { JobAction, JobDetail } from "../../generated/commands";
import { useChangeBlock } from "../../lib/session";
import { JobCommandDialog } from "./JobCommandDialog";

const BUTTONS = {
  cancel: { words: "Cancel job", icon: OctagonX, tone: "danger" },
  retry: { words: "Retry", icon: RotateCcw, tone: "plain" },
  reschedule: { words: "Reschedule", icon: CalendarClock, tone: "plain" },
} as const;

/** What the rules offer now; what they do not offer says why. */
export function JobActions({ detail }: { detail: JobDetail }) {
  const blocked = useChangeBlock();
  const [open, setOpen] = useState<{ action: JobAction; seen: JobDetail } | null>(null);
  return (
    <Actions>
      {detail.offers.map((offer) => {
        const button = BUTTONS[offer.action];
        return (
          <Button
            key={offer.action}
            icon={button.icon}
            tone={offer.allowed ? button.tone : "plain"}
            blocked={offer.allowed ? blocked : (offer.refusal ?? "The rules do not allow it now.")}
            onPress={() => setOpen({ action: offer.action, seen: detail })}
          >
            {button.words}
          </Button>
        );
      })}
      {open === null ? null : (
        <JobCommandDialog
          key={open.action}
          action={open.action}
          seen={open.seen}
          current={detail}
          onLookAgain={() => setOpen({ action: open.action, seen: detail })}
          onClose={() => setOpen(null)}
        />
      )}
    </Actions>
  );
}
