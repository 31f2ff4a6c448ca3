/** What a source may send by what is known of it. */
import { type SourceLevel, sourceLevel } from "./bounded-table.ts";
import type { BucketRate } from "./token-bucket.ts";

export interface SourceRate {
  /** Packets a second of one stranger, all transports together. Default 200. */
  readonly packetsPerSecond?: number;
  /** Default five seconds' worth: after a power cut an office of 300 phones behind one address registers at once. */
  readonly burst?: number;
}

/** By level. An office behind one address sends as many phones do; one that is known to behave has the bigger queue. */
const factors: Readonly<Record<SourceLevel, number>> = {
  [sourceLevel.unknown]: 1,
  [sourceLevel.registered]: 10,
  [sourceLevel.proven]: 20,
};

/** Ten strangers in one /48 are still one customer (RFC 6177); a mobile network may hold more, and they register. */
const networkFactor = 10;

/** 4,000,000 packets of credit are what a 32-bit slot can hold. */
const mostBurst = 4_000_000;

export interface LevelRates {
  readonly of: readonly [BucketRate, BucketRate, BucketRate];
  /** Of all strangers in one IPv6 /48. */
  readonly network: BucketRate;
}

export function levelRates(rate: SourceRate): LevelRates {
  const packetsPerSecond = rate.packetsPerSecond ?? 200;
  const stranger = { packetsPerSecond, burst: Math.min(rate.burst ?? packetsPerSecond * 5, mostBurst) };
  const grown = (factor: number): BucketRate => ({
    packetsPerSecond: packetsPerSecond * factor,
    burst: Math.min(packetsPerSecond * factor * 5, mostBurst),
  });
  const { registered, proven } = sourceLevel;
  return { of: [stranger, grown(factors[registered]), grown(factors[proven])], network: grown(networkFactor) };
}
