const REASON_MIN_CHARS = 3;
/** The API takes 500; in production the reason for unlocking it goes along. */
export const REASON_MAX_CHARS = 360;

/** Why this cannot be sent yet; `null` when it can. */
export function shortReason(reason: string): string | null {
  return reason.trim().length < REASON_MIN_CHARS ? `Say why, in at least ${REASON_MIN_CHARS} characters: it goes into the audit trail.` : null;
}

/** The reason that a person gave, without what unlocking production has added: that is added anew. */
export function givenReason(reason: string): string {
  return reason.replace(/ \[unlocked: [^\]]*\]$/u, "");
}
