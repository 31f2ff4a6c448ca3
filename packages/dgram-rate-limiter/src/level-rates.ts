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

/** Of a source under pressure: what it may send at once. A phone that says what a phone says does not notice. */
const pressedBurst = { seconds: 0.5, least: 100 } as const;

/**
 * Sources that are known have so much of their rates, and never less than a stranger.
 * @param share 0 to 1; 1 is all of it
 */
export function pressed({ of, network }: LevelRates, share: number): LevelRates {
  const [stranger, registered, proven] = of;
  if (share >= 1) return { of, network };
  const less = ({ packetsPerSecond, burst }: BucketRate): BucketRate => {
    const left = Math.max(stranger.packetsPerSecond, Math.floor(packetsPerSecond * share));
    const most = Math.max(pressedBurst.least, Math.floor(left * pressedBurst.seconds));
    return { packetsPerSecond: left, burst: Math.min(burst, most) };
  };
  return { of: [stranger, less(registered), less(proven)], network };
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
