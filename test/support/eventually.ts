/** Waiting for a condition instead of for a time: a slow machine makes a test slower, not red. */

const usualPauseMs = 40;

/**
 * Looks until there is something to see.
 * @param what named in the error: "the call to be established"
 * @param look undefined or false: not yet; anything else is the result
 * @param pauseMs between two looks: longer when looking is expensive
 */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  patienceMs = 30_000,
  pauseMs = usualPauseMs,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > end) throw new Error(`waited ${patienceMs / 1_000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
