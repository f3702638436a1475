import { Bell, BellRing } from "lucide-react";
import { Button } from "./Button";

/** Asks to be told by a notification when something ends, or no longer. */
export function WatchButton({ watched, onToggle }: { watched: boolean; onToggle: () => void }) {
  return (
    <Button
      size="small"
      tone="quiet"
      icon={watched ? BellRing : Bell}
      pressed={watched}
      onPress={onToggle}
      hint={watched ? "A notification comes when it ends, while this window is open. Press to leave it." : "By a notification of the desktop, while this window is open"}
    >
      {watched ? "You will be told" : "Tell me when it ends"}
    </Button>
  );
}
