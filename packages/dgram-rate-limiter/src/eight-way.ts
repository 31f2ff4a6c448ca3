/** Where a key may live in a table of fixed size: one of eight neighbouring slots, drawn with a seed nobody outside knows. */
import type { SourceKey } from "./source-key.ts";

/** Eight 4-octet keys are one or two cache lines, and a search is a short loop. */
export const ways = 8;

export type TableKey = Pick<SourceKey, "high" | "low">;

/** Sets of eight for at least so many slots: a power of two. */
export function setsFor(slots: number): number {
  let sets = 1;
  while (sets * ways < slots) sets *= 2;
  return sets;
}

/** Two rounds of multiply and shift over seed and key; the first slot of the set. */
export function firstSlot(key: TableKey, seed: number, sets: number): number {
  let hash = Math.imul(key.high ^ seed, 0x9e3779b1);
  hash = Math.imul((hash ^ (hash >>> 15) ^ key.low) + seed, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return ((hash ^ (hash >>> 16)) & (sets - 1)) * ways;
}
