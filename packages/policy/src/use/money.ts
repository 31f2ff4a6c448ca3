/** Money in whole millionths of the currency: sums are exact, and a day of the dearest calls stays far below 2^53. */

const MILLION = 1_000_000;

export interface Money {
  /** As it was written. */
  readonly text: string;
  readonly micro: number;
}

/** `20`, `20.00`, `0.0125`: up to nine digits, a point, up to six more. Undefined for anything else. */
export function parseMoney(text: string): Money | undefined {
  const [whole = "", fraction, more] = text.split(".");
  if (more !== undefined || !digits(whole, 9) || (fraction !== undefined && !digits(fraction, 6))) return undefined;
  return { text, micro: Number(whole) * MILLION + Number((fraction ?? "").padEnd(6, "0")) };
}

function digits(text: string, most: number): boolean {
  if (text.length === 0 || text.length > most) return false;
  for (const character of text) if (character < "0" || character > "9") return false;
  return true;
}

/** Rounded to hundredths, for people. */
export function formatMoney(micro: number, currency: string): string {
  return `${(micro / MILLION).toFixed(2)} ${currency}`;
}
