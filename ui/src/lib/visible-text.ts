/** Text that came from outside, made harmless to read: nothing in it can hide, reorder or flood the screen. */

// Bidirectional controls, zero-width characters, line separators, soft hyphen, tags, and the C0/C1 controls except tab and newline.
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- controls and joiners are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{E0000}-\u{E0FFF}]/gu;

// A few combining marks make accents; a tower of them covers the neighbouring rows.
const TOWER = /(\p{M}{4})\p{M}+/gu;

export type TextPart = { text: string; hidden: boolean };

/** Splits `text` into plain parts and marks for what could not be seen. At most `max` characters are kept. */
export function visibleParts(text: string, max = 2_000): TextPart[] {
  const cut = text.length > max ? `${sliceWhole(text, max)}…` : text;
  const flat = cut.replace(TOWER, "$1");
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of flat.matchAll(HIDDEN)) {
    if (match.index > from) parts.push({ text: flat.slice(from, match.index), hidden: false });
    parts.push({ text: mark(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < flat.length) parts.push({ text: flat.slice(from), hidden: false });
  return parts;
}

/** The same as one string, for titles and accessible names. */
export function visibleText(text: string, max = 2_000): string {
  return visibleParts(text, max)
    .map((part) => part.text)
    .join("");
}

function mark(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Never cuts a surrogate pair in two. */
function sliceWhole(text: string, max: number): string {
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
