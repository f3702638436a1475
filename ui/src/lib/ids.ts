const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text.trim());
}

/** Short enough to read, long enough to tell apart: the last eight digits, as the first ones of a UUIDv7 are its time. */
export function shortId(id: string): string {
  return id.slice(-8);
}

/** One press of a button. */
export function newCommandId(): string {
  return crypto.randomUUID();
}
