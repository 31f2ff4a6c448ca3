/**
 * Wrong passwords by source and account: after a few the source gets no further with this account for a while, and the PBX,
 * which would ban us for them, sees none. A neighbour behind the same NAT has another account and notices nothing.
 */
import type { Millis } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";

/** Pairs that are counted at one time; the oldest is forgotten first. */
const MAX_PAIRS = 10_000;
const MAX_NAME = 64;

export interface FailureLimit {
  readonly windowMs: Millis;
  readonly max: number;
}

interface Count {
  failures: number;
  until: Millis;
}

export class Failures {
  readonly #counts = new CappedMap<string, Count>(MAX_PAIRS);

  record(now: Millis, source: string, account: string, limit: FailureLimit): void {
    const key = keyOf(source, account);
    const known = this.#counts.get(key);
    if (known !== undefined && known.until > now) {
      known.failures++;
      // Who goes on trying waits on.
      if (known.failures >= limit.max) known.until = now + limit.windowMs;
      return;
    }
    this.#counts.set(key, { failures: 1, until: now + limit.windowMs });
  }

  /** The password was right: what went before were typing errors. */
  clear(source: string, account: string): void {
    if (this.#counts.size > 0) this.#counts.delete(keyOf(source, account));
  }

  held(now: Millis, source: string, account: string, limit: FailureLimit): boolean {
    if (this.#counts.size === 0) return false;
    const known = this.#counts.get(keyOf(source, account));
    return known !== undefined && known.until > now && known.failures >= limit.max;
  }
}

function keyOf(source: string, account: string): string {
  return `${source} ${account.slice(0, MAX_NAME)}`;
}
