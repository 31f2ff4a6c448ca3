import { type BucketRate, packetCost, refill } from "./token-bucket.ts";

/** Halvings after which pressure takes no more away. */
export const mostPressure = 8;
/** Seconds' worth that may come at once. */
const burstSeconds = 2;
const mostPackets = 1_000_000;

/**
 * One bucket for everybody nobody vouches for: a million sources that are each within their rate still share one processor.
 * Under pressure it is halved, and halved again.
 */
export class SharedBudget {
  #packetsPerSecond: number;
  #pressure = 0;
  #rate: BucketRate;
  #credit: number;
  #at = 0;

  /** @param packetsPerSecond undefined: no limit */
  constructor(packetsPerSecond: number | undefined) {
    this.#packetsPerSecond = packetsPerSecond ?? Number.POSITIVE_INFINITY;
    this.#rate = rateUnder(this.#packetsPerSecond, 0);
    this.#credit = this.#rate.burst * packetCost;
  }

  apply(packetsPerSecond: number | undefined): void {
    this.#packetsPerSecond = packetsPerSecond ?? Number.POSITIVE_INFINITY;
    this.#rate = rateUnder(this.#packetsPerSecond, this.#pressure);
  }

  /** @param pressure 0 is none; each step halves the budget */
  press(pressure: number): void {
    this.#pressure = Math.min(Math.max(0, Math.floor(pressure)), mostPressure);
    this.#rate = rateUnder(this.#packetsPerSecond, this.#pressure);
  }

  get pressure(): number {
    return this.#pressure;
  }

  /** @param at whole milliseconds. False: it is spent. */
  take(at: number): boolean {
    if (this.#packetsPerSecond === Number.POSITIVE_INFINITY) return true;
    this.#credit = refill(this.#credit, at - this.#at, this.#rate);
    this.#at = at;
    if (this.#credit < packetCost) return false;
    this.#credit -= packetCost;
    return true;
  }
}

/** At least a packet a second, whatever the pressure: somebody new may always try. */
function rateUnder(packetsPerSecond: number, pressure: number): BucketRate {
  const most = Math.min(packetsPerSecond, mostPackets);
  const rate = Math.max(1, Math.floor(most / 2 ** pressure));
  return { packetsPerSecond: rate, burst: rate * burstSeconds };
}
