/** The words of a filter bar: `status:failed,running user:"ana silva" timeout`. The URL holds the same text. */

export type FilterField = {
  /** The word before the colon. */
  name: string;
  /** What to write after it, for people. */
  hint: string;
  /** The only values there are; without it any text. */
  values?: readonly string[];
  /** Values that are offered beside any other text. */
  suggest?: readonly string[];
  /** What is wrong with a value, for people; `null` when nothing is. */
  check?: (value: string) => string | null;
  /** Several values are joined by commas. */
  many?: boolean;
};

export type FilterTerm = { field: string | null; value: string };
type FilterProblem = { term: string; message: string };
export type ParsedFilter = { terms: FilterTerm[]; problems: FilterProblem[] };

/** Longer text is cut: a filter is typed by hand. */
const FILTER_MAX_CHARS = 500;
const TERM = /(?:([a-z_]+):)?(?:"([^"]*)"?|(\S+))/giy;

export function parseFilter(text: string, fields: readonly FilterField[]): ParsedFilter {
  const terms: FilterTerm[] = [];
  const problems: FilterProblem[] = [];
  for (const [whole, name, quoted, bare] of words(text.slice(0, FILTER_MAX_CHARS))) {
    const value = quoted ?? bare ?? "";
    if (name === undefined) {
      terms.push({ field: null, value });
      continue;
    }
    const field = fields.find((each) => each.name === name.toLowerCase());
    if (field === undefined) {
      const known = fields.map((each) => each.name).join(", ");
      problems.push({ term: whole, message: `There is no field “${name}”. Use ${known}.` });
      continue;
    }
    for (const single of field.many ? value.split(",") : [value]) {
      if (single === "") continue;
      const known = field.values?.find((each) => each === single.toLowerCase());
      const wrong = field.check?.(single) ?? null;
      if (field.values && known === undefined) {
        problems.push({ term: whole, message: `“${single}” is no ${field.name}. Use ${field.values.join(", ")}.` });
      } else if (wrong !== null) {
        problems.push({ term: whole, message: wrong });
      } else {
        terms.push({ field: field.name, value: known ?? single });
      }
    }
  }
  return { terms, problems };
}

/** The shortest text that parses to these terms. */
export function formatFilter(terms: readonly FilterTerm[], fields: readonly FilterField[]): string {
  const parts: string[] = [];
  for (const field of fields) {
    const values = terms.filter((term) => term.field === field.name).map((term) => term.value);
    if (values.length === 0) continue;
    if (field.many) parts.push(`${field.name}:${values.join(",")}`);
    else for (const value of values) parts.push(`${field.name}:${quote(value)}`);
  }
  for (const term of terms) if (term.field === null) parts.push(quote(term.value));
  return parts.join(" ");
}

export type Completion = { insert: string; label: string; hint: string };

/** What could stand in place of the word before the caret, at most eight. */
export function completions(text: string, caret: number, fields: readonly FilterField[]): Completion[] {
  const word = wordAt(text, caret);
  const colon = word.indexOf(":");
  if (colon < 0) {
    return fields
      .filter((field) => field.name.startsWith(word.toLowerCase()))
      .map((field) => ({ insert: `${field.name}:`, label: `${field.name}:`, hint: field.hint }))
      .slice(0, 8);
  }
  const field = fields.find((each) => each.name === word.slice(0, colon).toLowerCase());
  const typed = word.slice(colon + 1);
  const comma = field?.many ? typed.lastIndexOf(",") + 1 : 0;
  const taken = typed.slice(0, comma).split(",");
  const part = typed.slice(comma).toLowerCase();
  const fits = (value: string) => (field?.values ? value.startsWith(part) : value.toLowerCase().includes(part) && value !== part);
  return (field?.values ?? field?.suggest ?? [])
    .filter((value) => fits(value) && !/\s/.test(value) && !taken.includes(value))
    .map((value) => ({ insert: `${field?.name}:${typed.slice(0, comma)}${value} `, label: value, hint: field?.hint ?? "" }))
    .slice(0, 8);
}

/** Puts a completion in place of the word before the caret. */
export function complete(text: string, caret: number, insert: string): { text: string; caret: number } {
  const start = caret - wordAt(text, caret).length;
  return { text: text.slice(0, start) + insert + text.slice(caret).trimStart(), caret: start + insert.length };
}

function wordAt(text: string, caret: number): string {
  return /\S*$/.exec(text.slice(0, caret))?.[0] ?? "";
}

function quote(value: string): string {
  return /[\s:]/.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}

function* words(text: string): Generator<RegExpExecArray> {
  let at = 0;
  while (at < text.length) {
    TERM.lastIndex = at;
    const match = TERM.exec(text);
    if (match === null || match[0] === "") {
      at += 1;
    } else {
      at = TERM.lastIndex;
      yield match;
    }
  }
}
