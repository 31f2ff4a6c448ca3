import { type LeafReading, quoted, readDigits, written } from "./leaf.ts";

const units: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** `500ms 30s 5m 1h 7d` in milliseconds; undefined if the text is no duration. */
export function parseDuration(text: string): number | undefined {
  let split = 0;
  while (split < text.length && text.charCodeAt(split) >= 0x30 && text.charCodeAt(split) <= 0x39) split++;
  const count = readDigits(text.slice(0, split));
  const unit = units.get(text.slice(split));
  return count < 0 || unit === undefined ? undefined : count * unit;
}

/** In the largest unit that needs no fraction. */
export function formatDuration(ms: number): string {
  for (const [name, size] of [...units].reverse()) {
    if (ms !== 0 && ms % size === 0) return `${ms / size}${name}`;
  }
  return `${ms}ms`;
}

/** The same, or the word off: undefined. */
export function durationOrOff(least: string, most: string) {
  const low = parseDuration(least) ?? 0;
  const high = parseDuration(most) ?? Number.MAX_SAFE_INTEGER;
  return written({ kind: `duration, ${least} to ${most}, or \`off\`` }, (text): LeafReading<number | undefined> => {
    if (text === "off") return { value: undefined };
    const value = parseDuration(text);
    if (value !== undefined && value >= low && value <= high) return { value };
    const code = value === undefined ? "bad-format" : "out-of-range";
    return { problem: `is ${quoted(text)}`, remedy: `write off, or choose between ${least} and ${most}`, code };
  });
}

/** A duration between two others, both written as in the file. */
export function duration(least: string, most: string) {
  const low = parseDuration(least) ?? 0;
  const high = parseDuration(most) ?? Number.MAX_SAFE_INTEGER;
  return written({ kind: `duration, ${least} to ${most}` }, (text): LeafReading<number> => {
    const value = parseDuration(text);
    if (value === undefined) {
      return { problem: "is not a duration", remedy: "write a whole number and a unit: 500ms, 30s, 5m, 1h, 7d" };
    }
    if (value >= low && value <= high) return { value };
    return { problem: `is ${text}`, remedy: `choose between ${least} and ${most}`, code: "out-of-range" };
  });
}
