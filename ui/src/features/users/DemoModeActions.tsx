import { CheckCheck, OctagonX, Power, PowerOff, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Actions } from "../../components/Actions";
import { Button } from "../../components/Button";
import type { DemoModeAction, UserView } from "../../generated/commands";
import { useChangeBlock } from "../../lib/session";
import { DemoModeDialog } from "./DemoModeDialog";
import { EnableDemoModeDialog } from "./EnableDemoModeDialog";

const BUTTONS = {
  enable: { words: "Enable…", icon: Power, tone: "primary" },
  disable: { words: "Disable…", icon: PowerOff, tone: "danger" },
  cancel: { words: "Cancel operation…", icon: OctagonX, tone: "danger" },
  retry: { words: "Retry…", icon: RotateCcw, tone: "plain" },
  dismiss: { words: "Dismiss…", icon: CheckCheck, tone: "plain" },
} as const;

/** What the rules offer now; what they do not offer says why. */
export function DemoModeActions({ view }: { view: UserView }) {
  const blocked = useChangeBlock("demo_mode.change");
  const [open, setOpen] = useState<{ action: DemoModeAction; seen: UserView } | null>(null);
  const { demo } = view;
  const { offers } = demo;
  const dialog = open && {
    seen: open.seen,
    current: view,
    onLookAgain: () => setOpen({ action: open.action, seen: view }),
    onClose: () => setOpen(null),
  };
  return (
    <Actions label="Demo mode actions">
      {offers.map((offer) => {
        const button = BUTTONS[offer.action];
        // One main thing to do at a time: after a failure that is the fix of the verdict above.
        const tone = offer.action === "enable" && demo.status === "failed" ? "plain" : button.tone;
        return (
          <Button
            key={offer.action}
            icon={button.icon}
            tone={offer.allowed ? tone : "plain"}
            blocked={offer.allowed ? blocked : (offer.refusal ?? "The rules do not allow it now.")}
            onPress={() => setOpen({ action: offer.action, seen: view })}
          >
            {button.words}
          </Button>
        );
      })}
      {dialog === null || open === null ? null : open.action === "enable" ? (
        <EnableDemoModeDialog {...dialog} />
      ) : (
        <DemoModeDialog key={open.action} action={open.action} {...dialog} />
      )}
    </Actions>
  );
}
