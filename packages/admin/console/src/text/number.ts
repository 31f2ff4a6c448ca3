/** Numbers as people read them. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(value: number): string {
  return whole.format(value);
}

/** 1 call, 2 calls */
export function many(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}

/** Undefined or null is a dash: nothing was measured. */
export function measured(value: number | null | undefined, digits: number, unit = ""): string {
  return value === null || value === undefined ? "–" : `${value.toFixed(digits)}${unit}`;
}

/** Mean opinion score in words: ITU-T P.800 and the usual reading of it. */
export function heard(mos: number): "good" | "fair" | "poor" {
  if (mos >= 4) return "good";
  return mos >= 3.1 ? "fair" : "poor";
}
