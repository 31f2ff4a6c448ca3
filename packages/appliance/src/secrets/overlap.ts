/** A password that is being changed: somebody should know until when the old one holds, and when it is to be taken out. */

/** @param until and `now` in milliseconds since 1970 */
export function overlapWarning(key: string, until: number, now: number): string {
  const over = until <= now;
  return over
    ? `${key}: what it was before holds no longer. Take \`previous\` out`
    : `${key}: what it was before holds too until ${new Date(until).toISOString().slice(0, 16)}Z`;
}
