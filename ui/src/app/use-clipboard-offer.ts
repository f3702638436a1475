import { useEffect, useState } from "react";
import type { ClipboardOffer } from "../generated/commands";
import { useIpc } from "../ipc/ipc";

/**
 * What was on the clipboard when this came on the screen, when it looks like something to go to; `undefined` while it is
 * asked. Gone with the component.
 */
export function useClipboardOffer(): ClipboardOffer | null | undefined {
  const { commands } = useIpc();
  const [offer, setOffer] = useState<ClipboardOffer | null>();
  useEffect(() => {
    let here = true;
    commands.clipboardOffer().then(
      (answer) => {
        if (here) setOffer(answer.status === "ok" ? answer.data : null);
      },
      () => (here ? setOffer(null) : undefined),
    );
    return () => {
      here = false;
    };
  }, [commands]);
  return offer;
}
