/**
 * Call attempts weighed against a rate, in all and by trunk: a bucket that fills by one a call and leaks at the rate
 * allowed. A steady stream at exactly the limit passes whatever its jitter; a burst may be one second's worth.
 * Trunk names come from the configuration, so the map is small.
 */
import type { Millis } from "@ringfence/sip";

interface Bucket {
  level: number;
  at: Millis;
}

export class Attempts {
  readonly #all: Bucket = { level: 0, at: 0 };
  readonly #trunks = new Map<string, Bucket>();

  record(trunk: string | undefined): void {
    this.#all.level++;
    if (trunk === undefined) return;
    const bucket = this.#trunks.get(trunk);
    if (bucket !== undefined) bucket.level++;
  }

  /** Calls that weigh at `now`, a whole number to compare with `perSecond`. */
  total(now: Millis, perSecond: number): number {
    return leak(this.#all, now, perSecond);
  }

  ofTrunk(now: Millis, trunk: string, perSecond: number | undefined): number {
    if (perSecond === undefined) return 0;
    const bucket = this.#trunks.get(trunk) ?? { level: 0, at: now };
    this.#trunks.set(trunk, bucket);
    return leak(bucket, now, perSecond);
  }
}

function leak(bucket: Bucket, now: Millis, perSecond: number): number {
  bucket.level = Math.max(0, bucket.level - ((now - bucket.at) * perSecond) / 1000);
  bucket.at = now;
  return Math.floor(bucket.level);
}
