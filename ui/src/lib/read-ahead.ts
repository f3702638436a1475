/** How long the old page stays while the next one's first data is read. */
const PATIENCE_MS = 1_200;

/** Waits for the first data of a page, but never so long that a press seems lost. Failures are shown by the page itself. */
export async function readAhead(...reads: Promise<unknown>[]): Promise<void> {
  await Promise.race([Promise.allSettled(reads), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}
