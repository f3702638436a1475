import { Wrench } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import type { CaseView, FixOffer } from "../../generated/commands";
import { isFieldFocused } from "../../lib/focus";
import { useChangeBlock } from "../../lib/session";
import { FixDialog } from "./FixDialog";
import type { CaseOf } from "./triage-queries";

/** A page that is new may still give the focus away. */
const ARRIVING_MS = 2_000;

/** A person who comes by the palette or a link has the focus nowhere, or where they came from: the next Enter is for the fix. */
function isArriving(born_ms: number): boolean {
  const active = document.activeElement;
  if (active === null || active === document.body || active.hasAttribute("data-arrival")) return true;
  const elsewhere = document.getElementById("main")?.contains(active) === false && active.closest("[role=dialog], [role=alertdialog]") === null;
  return elsewhere && performance.now() - born_ms < ARRIVING_MS;
}

/** The one fix that the verdict offers: Enter opens what it leads to, Enter there applies it. `f` finds it from anywhere on the page. */
export function FixButton({ of, view, offer }: { of: CaseOf; view: CaseView; offer: FixOffer | null }) {
  const blocked = useChangeBlock();
  const button = useRef<HTMLButtonElement>(null);
  const [born_ms] = useState(() => performance.now());
  const [open, setOpen] = useState<{ seen: CaseView; offer: FixOffer } | null>(null);
  const offered = offer !== null;

  useEffect(() => {
    if (offered && isArriving(born_ms)) button.current?.focus({ preventScroll: true });
  }, [offered, born_ms]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "f" || event.metaKey || event.ctrlKey || event.altKey || isFieldFocused()) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return;
      event.preventDefault();
      button.current?.focus();
      button.current?.click();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);

  const close = useCallback(() => {
    setOpen(null);
    requestAnimationFrame(() => button.current?.focus({ preventScroll: true }));
  }, []);
  const lookAgain = (now: CaseView) => {
    if (now.verdict.fix === null) close();
    else setOpen({ seen: now, offer: now.verdict.fix });
  };
  return (
    <>
      {offer === null ? null : (
        <Button ref={button} icon={Wrench} tone="primary" shortcut="f" blocked={blocked} onPress={() => setOpen({ seen: view, offer })}>
          {offer.label}
        </Button>
      )}
      {open === null ? null : (
        <FixDialog key={`${open.seen.user_version} ${open.seen.job_version} ${open.offer.fix}`} of={of} {...open} current={view} onLookAgain={lookAgain} onClose={close} />
      )}
    </>
  );
}
