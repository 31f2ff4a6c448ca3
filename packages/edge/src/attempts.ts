/**
 * Call attempts weighed against a rate, in all, by trunk and by its directions: a bucket that fills by one a call and leaks at the rate
 * allowed. A steady stream at exactly the limit passes whatever its jitter; a burst may be one second's worth.
 * Trunk names come from the configuration, so the map is small.
 */
import type { Millis } from "@ringfence/sip";

type Way = "in" | "out";

interface Bucket {
  level: number;
  at: Millis;
}

export class Attempts {
  readonly #all: Bucket = { level: 0, at: 0 };
  readonly #trunks = new Map<string, Bucket>();

  /** @param way `in`: from the carrier */
  record(trunk: string | undefined, way: Way): void {
    this.#all.level++;
    if (trunk !== undefined) this.recordTrunk(trunk, way);
  }

  /** The same call once more, over another trunk. */
  recordTrunk(trunk: string, way: Way): void {
    for (const key of [trunk, `${trunk} ${way}`]) {
      const bucket = this.#trunks.get(key);
      if (bucket !== undefined) bucket.level++;
    }
  }

  /** Calls that weigh at `now`, a whole number to compare with `perSecond`. */
  total(now: Millis, perSecond: number): number {
    return leak(this.#all, now, perSecond);
  }

  /** Of both directions, or of one. */
  ofTrunk(now: Millis, trunk: string, perSecond: number | undefined, way?: Way): number {
    if (perSecond === undefined) return 0;
    const key = way === undefined ? trunk : `${trunk} ${way}`;
    const bucket = this.#trunks.get(key) ?? { level: 0, at: now };
    this.#trunks.set(key, bucket);
    return leak(bucket, now, perSecond);
  }
}

function leak(bucket: Bucket, now: Millis, perSecond: number): number {
  bucket.level = Math.max(0, bucket.level - ((now - bucket.at) * perSecond) / 1000);
  bucket.at = now;
  return Math.floor(bucket.level);
}
