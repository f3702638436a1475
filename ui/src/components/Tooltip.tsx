import type { ReactElement } from "react";
import { Focusable, OverlayArrow, Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import { visibleText } from "../lib/visible-text";
import styles from "./Tooltip.module.css";

/** Words for something that is there already: a reason, a shortcut, an exact value. Never the only way to learn a thing. */
export function Tooltip({ text, children }: { text: string | null; children: ReactElement<Record<string, unknown>, string> }) {
  return (
    // Without words it is only switched off: a button that gets or loses a reason must stay the same element, and keep its focus.
    <TooltipTrigger delay={350} closeDelay={80} isDisabled={text === null}>
      <Focusable>{children}</Focusable>
      <AriaTooltip className={styles.tooltip ?? ""} offset={6}>
        <OverlayArrow />
        {text === null ? null : visibleText(text, 500)}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
