/** The order in which hops are tried for one call: RFC 2782's weighted choice, drawn anew each time. */
import type { Random } from "../outside.ts";

interface Weighted {
  readonly priority: number;
  readonly weight: number;
}

/** Lowest priority first; inside one priority the next is drawn in proportion to weight, zero weights last but not never. */
export function drawOrder<T extends Weighted>(entries: readonly T[], random: Random): readonly T[] {
  const priorities = [...new Set(entries.map((e) => e.priority))].toSorted((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawAll(
      entries.filter((e) => e.priority === priority),
      random,
    ),
  );
}

function drawAll<T extends Weighted>(entries: readonly T[], random: Random): readonly T[] {
  const drawn: T[] = [];
  // RFC 2782: those with weight 0 stand first, so that a draw of 0 takes one of them.
  const left = entries.toSorted((one, other) => Math.sign(one.weight) - Math.sign(other.weight));
  while (left.length > 0) {
    const total = left.reduce((sum, e) => sum + e.weight, 0);
    const draw = below(total + 1, random);
    let sum = 0;
    let place = 0;
    for (const [index, entry] of left.entries()) {
      sum += entry.weight;
      place = index;
      if (sum >= draw) break;
    }
    drawn.push(...left.splice(place, 1));
  }
  return drawn;
}

function below(limit: number, random: Random): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % limit;
}
