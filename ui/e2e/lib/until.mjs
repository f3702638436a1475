/** What no further asking can mend: whoever waits gives up at once. */
export class Hopeless extends Error {}

/**
 * Asks again until the answer is not null or undefined; says what it waited for when it never comes. An assertion that fails
 * meanwhile is an answer, too.
 */
export async function until(what, ask, within_ms = 30_000, every_ms = 50) {
  const end = Date.now() + within_ms;
  let trouble = null;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      trouble = null;
    } catch (error) {
      if (error instanceof Hopeless || error.code === "ERR_ASSERTION") throw error;
      trouble = error;
    }
    if (Date.now() > end) throw new Error(`Not within ${within_ms} ms: ${what}${trouble === null ? "" : ` (${trouble.message})`}`);
    await new Promise((resolve) => setTimeout(resolve, every_ms));
  }
}
