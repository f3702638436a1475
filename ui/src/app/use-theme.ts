import { useLayoutEffect } from "react";
import type { Preferences } from "../generated/commands";

/** Theme and density are attributes of the document: the style sheet does the rest. */
export function useTheme({ theme, density }: Pick<Preferences, "theme" | "density">): void {
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === "system") delete dataset["theme"];
    else dataset["theme"] = theme;
    dataset["density"] = density;
  }, [theme, density]);
}
