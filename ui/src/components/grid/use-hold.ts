import { type FocusEvent, useState } from "react";

/** Whether a person is reading the list: pointer over it, focus in it, or scrolled away from its top. */
export function useHold(selected: boolean) {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  return {
    held: hovered || focused || scrolled || selected,
    onScrolled: setScrolled,
    events: {
      onPointerEnter: () => setHovered(true),
      onPointerLeave: () => setHovered(false),
      onFocus: () => setFocused(true),
      onBlur: (event: FocusEvent<HTMLElement>) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
      },
    },
  };
}
