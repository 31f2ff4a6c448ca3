/**
 * A token bucket in whole numbers. A packet costs 1,000 credits and a millisecond brings `packetsPerSecond` of them, so
 * nothing is ever rounded and a rate of one packet a second is as exact as one of 100,000.
 */
export const packetCost = 1000;

export interface BucketRate {
  readonly packetsPerSecond: number;
  /** Packets that may come at once after silence. */
  readonly burst: number;
}

/** Credit after `elapsedMs` (whole milliseconds) without a packet. A clock that went backwards brings nothing and takes nothing. */
export function refill(credit: number, elapsedMs: number, rate: BucketRate): number {
  const full = rate.burst * packetCost;
  if (elapsedMs <= 0) return Math.min(credit, full);
  return Math.min(credit + elapsedMs * rate.packetsPerSecond, full);
}
