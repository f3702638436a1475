import type { TimelineKind } from "../../generated/commands";

/** In the order of the filter, with their words. */
export const TIMELINE_KINDS: readonly { kind: TimelineKind; words: string }[] = [
  { kind: "job", words: "Jobs" },
  { kind: "audit", words: "Staff" },
  { kind: "session", words: "Sign-ins" },
];

/** Text of the URL → kinds; none is everything. */
export function fromKindsText(text: string): TimelineKind[] {
  const words = text.split(",");
  return TIMELINE_KINDS.flatMap(({ kind }) => (words.includes(kind) ? [kind] : []));
}

/** With this kind in, or out when it was in. `undefined` for none and for all: both mean everything. */
export function toggleKind(text: string, kind: TimelineKind): string | undefined {
  const before = fromKindsText(text);
  const after = TIMELINE_KINDS.map((each) => each.kind).filter((each) => (each === kind ? !before.includes(each) : before.includes(each)));
  return after.length === 0 || after.length === TIMELINE_KINDS.length ? undefined : after.join(",");
}
