/** How often somebody may ask: a bucket each, of a fixed number of them. */
import { Capped } from "./capped.ts";

interface Bucket {
  tokens: number;
  at: number;
}

export class Rate {
  readonly #buckets: Capped<Bucket>;
  readonly #perSecond: number;
  readonly #burst: number;

  constructor(perSecond: number, burst: number, most = 2_000) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#buckets = new Capped(most);
  }

  /** Seconds to wait; 0: go on. */
  wait(now: number, key: string): number {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    const earned = (Math.max(0, now - bucket.at) / 1_000) * this.#perSecond;
    const tokens = Math.min(this.#burst, bucket.tokens + earned);
    const enough = tokens >= 1;
    this.#buckets.set(key, { tokens: enough ? tokens - 1 : tokens, at: now });
    return enough ? 0 : Math.ceil((1 - tokens) / this.#perSecond);
  }
}
