/** The credit of a slot: what a source begins with, and what a packet takes. */
import type { BoundedTable } from "./bounded-table.ts";
import type { TableKey } from "./eight-way.ts";
import { type BucketRate, packetCost, refill } from "./token-bucket.ts";

/** A stranger that took the slot of another begins with a tenth of a second, so that churning the table buys no bursts. */
const displacedShare = 10;

/** A slot with its first credit. @param at whole milliseconds */
export function claim(table: BoundedTable, key: TableKey, at: number, rate: BucketRate): number {
  const slot = table.claim(key, at);
  const full = rate.burst * packetCost;
  const start = Math.floor((rate.packetsPerSecond * packetCost) / displacedShare);
  table.credit[slot] = table.displaced ? Math.min(full, Math.max(packetCost, start)) : full;
  return slot;
}

/** Takes a packet's worth from a slot. False: there is none. */
export function take(table: BoundedTable, slot: number, at: number, rate: BucketRate): boolean {
  const credit = refill(table.credit[slot] ?? 0, at - (table.seenAt[slot] ?? at), rate);
  table.seenAt[slot] = at;
  const enough = credit >= packetCost;
  table.credit[slot] = enough ? credit - packetCost : credit;
  return enough;
}
