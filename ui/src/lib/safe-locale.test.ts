import { expect, it, vi } from "vitest";

it("puts a language that Intl knows in place of “C”", async () => {
  vi.stubGlobal("navigator", { language: "C", languages: ["C"] });
  const { replaceUnknownLanguage } = await import("./safe-locale");
  replaceUnknownLanguage();
  expect(navigator.language).toBe("en-US");
  expect(() => new Intl.DateTimeFormat(navigator.language)).not.toThrow();
  vi.unstubAllGlobals();
});
