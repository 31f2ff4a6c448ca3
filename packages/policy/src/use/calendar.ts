/** Days of the Gregorian calendar as numbers, 1970-01-01 is 0: arithmetic only, no clock. */

/** @param month 1 to 12 */
export function dayNumber(year: number, month: number, day: number): number {
  // The year begins in March, so that the day that is sometimes there is its last.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const inEra = y - era * 400;
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * 146_097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + ofYear - 719_468;
}

/** Day number of `2026-12-25`; undefined if there is no such day. */
export function parseDate(text: string): number | undefined {
  const [year = "", month = "", day = "", more] = text.split("-");
  if (more !== undefined || year.length !== 4 || month.length !== 2 || day.length !== 2) return undefined;
  const parts = [year, month, day].map(Number);
  if (!parts.every(Number.isInteger)) return undefined;
  const [y = 0, m = 0, d = 0] = parts;
  if (m < 1 || m > 12 || d < 1 || y < 1970) return undefined;
  const number = dayNumber(y, m, d);
  const next = m === 12 ? dayNumber(y + 1, 1, 1) : dayNumber(y, m + 1, 1);
  return number < next ? number : undefined;
}
