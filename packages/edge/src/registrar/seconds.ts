/** delta-seconds of RFC 3261 §25.1: digits only; what exceeds 2^32-1 means "as long as possible" (§20.19). */
const MAX_DELTA = 2 ** 32 - 1;

export function parseSeconds(text: string): number | undefined {
  if (text.length === 0 || text.length > 20) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return Math.min(value, MAX_DELTA);
}
