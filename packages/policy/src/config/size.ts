import { type LeafReading, quoted, readDigits, written } from "./leaf.ts";

/** As disks are sold and files are listed: powers of ten. */
const units: ReadonlyMap<string, number> = new Map([
  ["kB", 1_000],
  ["MB", 1_000_000],
  ["GB", 1_000_000_000],
]);

/** `500kB 100MB 2GB` in octets; undefined if the text is no size. */
function parseSize(text: string): number | undefined {
  const count = readDigits(text.slice(0, -2));
  const unit = units.get(text.slice(-2));
  return count < 0 || unit === undefined ? undefined : count * unit;
}

/** A size between two others, both written as in the file. */
export function size(least: string, most: string) {
  const low = parseSize(least) ?? 0;
  const high = parseSize(most) ?? Number.MAX_SAFE_INTEGER;
  return written({ kind: `size, ${least} to ${most}` }, (text): LeafReading<number> => {
    const value = parseSize(text);
    if (value === undefined) {
      return { problem: `is ${quoted(text)}, which is no size`, remedy: "write 500kB, 100MB or 2GB" };
    }
    if (value >= low && value <= high) return { value };
    return { problem: `is ${text}`, remedy: `choose between ${least} and ${most}`, code: "out-of-range" };
  });
}
