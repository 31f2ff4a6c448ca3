/**
 * The trust ladder: unknown, registered, proven. Registered is a flow over which an account is registered now. Proven is an account
 * where it registers, once it has behaved there: ten minutes, or a call that was answered, and no failure since. A failure, a ban of
 * its address or the end of its registration takes it down again. Under load those at the bottom are refused first (overload/shed.ts).
 *
 * The ladder is for phones. The PBX and trunks are who the configuration says.
 */
import type { Millis } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";

export const trustLevels = ["unknown", "registered", "proven"] as const;
export type Trust = (typeof trustLevels)[number];

/** So long without failure, and an account is proven without a call. */
const PROBATION = 600_000;
/** While others are refused, who opens more than this in this time is no phone. */
const MAX_OPENED = 20;
const OPENED_IN = 10_000;

interface Conduct {
  readonly since: Millis;
  answeredAt: Millis;
  failedAt: Millis;
  opened: number;
  openedFrom: Millis;
}

export class Conducts {
  readonly #known: CappedMap<string, Conduct>;

  /** @param limit accounts at their places; the one that registered longest ago is forgotten first */
  constructor(limit: number) {
    this.#known = new CappedMap(limit);
  }

  registered(now: Millis, account: string, address: string): void {
    const key = keyOf(account, address);
    const never = Number.NEGATIVE_INFINITY;
    const fresh = { since: now, answeredAt: never, failedAt: never, opened: 0, openedFrom: now };
    this.#known.set(key, this.#known.get(key) ?? fresh);
  }

  answered(now: Millis, account: string, address: string): void {
    const conduct = this.#known.get(keyOf(account, address));
    if (conduct !== undefined) conduct.answeredAt = now;
  }

  failed(now: Millis, account: string, address: string): void {
    const conduct = this.#known.get(keyOf(account, address));
    if (conduct !== undefined) conduct.failedAt = now;
  }

  /** It asks for something new while others are refused. True: too often, which is a failure. */
  opened(now: Millis, account: string, address: string): boolean {
    const conduct = this.#known.get(keyOf(account, address));
    if (conduct === undefined) return false;
    if (now - conduct.openedFrom >= OPENED_IN) {
      conduct.openedFrom = now;
      conduct.opened = 0;
    }
    conduct.opened++;
    if (conduct.opened <= MAX_OPENED) return false;
    conduct.failedAt = now;
    return true;
  }

  /** @param calmMs so long after a failure nobody is proven */
  isProven(now: Millis, account: string, address: string, calmMs: number): boolean {
    const conduct = this.#known.get(keyOf(account, address));
    if (conduct === undefined || now - conduct.failedAt < calmMs) return false;
    if (conduct.answeredAt > conduct.failedAt) return true;
    return now - Math.max(conduct.since, conduct.failedAt) >= PROBATION;
  }
}

function keyOf(account: string, address: string): string {
  return `${account}@${address}`;
}
