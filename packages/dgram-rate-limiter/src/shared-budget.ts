import { type BucketRate, packetCost, refill } from "./token-bucket.ts";

/** Halvings after which pressure takes no more away. */
const mostPressure = 8;
/** Seconds' worth that may come at once. */
const burstSeconds = 2;
const mostPackets = 1_000_000;

/** Places in the numbers of a budget, of which there are four. */
const cell = { rate: 0, burst: 1, credit: 2, at: 3 } as const;

/**
 * One bucket for everybody nobody vouches for: a million sources that are each within their rate still share one processor.
 * Under pressure it is halved, and halved again.
 */
export class SharedBudget {
  /** Native code takes from the same credit. A rate of 0 is no limit. */
  readonly #cells: Float64Array;
  #packetsPerSecond = 0;
  #pressure = 0;

  /** @param packetsPerSecond undefined: no limit */
  constructor(packetsPerSecond: number | undefined, cells = new Float64Array(4)) {
    this.#cells = cells;
    this.apply(packetsPerSecond);
    this.#cells[cell.credit] = (this.#cells[cell.burst] ?? 0) * packetCost;
  }

  apply(packetsPerSecond: number | undefined): void {
    this.#packetsPerSecond = packetsPerSecond ?? 0;
    this.#set();
  }

  /** @param pressure 0 is none; each step halves the budget */
  press(pressure: number): void {
    this.#pressure = Math.min(Math.max(0, Math.floor(pressure)), mostPressure);
    this.#set();
  }

  get pressure(): number {
    return this.#pressure;
  }

  /** @param at whole milliseconds. False: it is spent. */
  take(at: number): boolean {
    const cells = this.#cells;
    const rate: BucketRate = { packetsPerSecond: cells[cell.rate] ?? 0, burst: cells[cell.burst] ?? 0 };
    if (rate.packetsPerSecond === 0) return true;
    const credit = refill(cells[cell.credit] ?? 0, at - (cells[cell.at] ?? 0), rate);
    cells[cell.at] = at;
    const enough = credit >= packetCost;
    cells[cell.credit] = enough ? credit - packetCost : credit;
    return enough;
  }

  /** At least a packet a second, whatever the pressure: somebody new may always try. */
  #set(): void {
    const most = Math.min(this.#packetsPerSecond, mostPackets);
    const rate = this.#packetsPerSecond === 0 ? 0 : Math.max(1, Math.floor(most / 2 ** this.#pressure));
    this.#cells[cell.rate] = rate;
    this.#cells[cell.burst] = rate * burstSeconds;
  }
}
