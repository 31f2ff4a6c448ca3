/** Messages that are sent and kept together, under a number that says which came first. */

/** Whole frames. */
export interface Chunk {
  readonly number: number;
  readonly frames: Buffer;
}

/** About the size of one, in octets. */
export const chunkSize = 65_536;

const digits = 12;
const suffix = ".frames";

export function chunkName(number: number): string {
  return String(number).padStart(digits, "0") + suffix;
}

/** Undefined for a name that is not ours. */
export function chunkNumber(name: string): number | undefined {
  const number = Number(name.slice(0, digits));
  return name === chunkName(number) ? number : undefined;
}

/** Those with numbers in a row as one each, where they are small: they were sent piece by piece. */
export function neighbours(chunks: readonly Chunk[]): readonly Chunk[] {
  const groups: Chunk[][] = [];
  for (const chunk of chunks.toSorted((a, b) => a.number - b.number)) {
    const group = groups.at(-1);
    const size = group?.reduce((sum, { frames }) => sum + frames.length, 0) ?? 0;
    if (group !== undefined && group.at(-1)?.number === chunk.number - 1 && size < chunkSize) group.push(chunk);
    else groups.push([chunk]);
  }
  return groups.map((group) => ({
    number: group[0]?.number ?? 0,
    frames: Buffer.concat(group.map(({ frames }) => frames)),
  }));
}
