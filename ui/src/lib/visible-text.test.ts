import { describe, expect, it } from "vitest";
import { visibleParts, visibleText } from "./visible-text";

describe("visible text", () => {
  it("leaves plain text of any script alone", () => {
    for (const text of ["Ana Silva", "Łukasz Żółć", "田中 花子", "محمد", "👩‍💻".replaceAll("\u200D", ""), "a\tb\nc"]) expect(visibleText(text)).toBe(text);
  });

  it("shows a character that would reverse a name", () => {
    expect(visibleText("Mall\u202Egnp.exe")).toBe("Mall⟨U+202E⟩gnp.exe");
  });

  it("shows zero-width characters, controls and tags", () => {
    expect(visibleText("a\u200Bb\u0000c\uFEFFd\u{E0041}e")).toBe("a⟨U+200B⟩b⟨U+0000⟩c⟨U+FEFF⟩d⟨U+E0041⟩e");
  });

  it("tells marks from text", () => {
    expect(visibleParts("a\u2066b")).toEqual([
      { text: "a", hidden: false },
      { text: "⟨U+2066⟩", hidden: true },
      { text: "b", hidden: false },
    ]);
  });

  it("caps the length without cutting a character in two", () => {
    expect(visibleText("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`);
    expect(visibleText("😀😀😀", 3)).toBe("😀…");
  });

  it("cuts down a tower of combining marks", () => {
    expect(visibleText(`a${"\u0301".repeat(60)}`).length).toBeLessThan(8);
  });

  it("leaves markup as text", () => {
    expect(visibleText("<img onerror=alert(1)>")).toBe("<img onerror=alert(1)>");
  });
});
