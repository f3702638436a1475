/**
 * WebKitGTK calls the language "C" where the system has none (LANG=C, a bare container). `Intl` refuses that word, and
 * libraries that format at import would take the page down with them: this module is imported before all of them.
 */
const FALLBACK = "en-US";

function isKnown(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}

export function replaceUnknownLanguage(): void {
  if (isKnown(navigator.language)) return;
  Object.defineProperty(navigator, "language", { value: FALLBACK, configurable: true });
  Object.defineProperty(navigator, "languages", { value: Object.freeze([FALLBACK]), configurable: true });
}

replaceUnknownLanguage();
