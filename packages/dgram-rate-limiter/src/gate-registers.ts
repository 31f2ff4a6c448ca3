/**
 * The numbers of a gate beside its tables, in one array that native code reads and writes as well (native/gate.cc has the same places).
 * JavaScript writes rates when they change; both sides take from the strangers' credit and count what they refuse.
 */
import type { LevelRates } from "./level-rates.ts";
import type { BucketRate } from "./token-bucket.ts";

const place = {
  levels: 0,
  network: 6,
  strangers: 8,
  maxSize: 12,
  seed: 13,
  sets: 14,
  refused: 16,
  inShadow: 25,
} as const;

export class GateRegisters {
  readonly memory = new ArrayBuffer((place.inShadow + 1) * Float64Array.BYTES_PER_ELEMENT);
  readonly #all = new Float64Array(this.memory);
  /** Rate, burst, credit and time of `SharedBudget`. */
  readonly strangers = this.#all.subarray(place.strangers, place.maxSize);
  /** By verdict: what was refused. */
  readonly refused = this.#all.subarray(place.refused, place.inShadow);

  /** @param sets of the table of sources, and of that of networks */
  constructor(seed: number, sets: readonly [number, number]) {
    this.#all.set([seed >>> 0, ...sets], place.seed);
  }

  apply(rates: LevelRates, maxSize: number, inShadow: boolean): void {
    const pair = ({ packetsPerSecond, burst }: BucketRate): readonly number[] => [packetsPerSecond, burst];
    this.#all.set(rates.of.flatMap(pair), place.levels);
    this.#all.set(pair(rates.network), place.network);
    this.#all[place.maxSize] = maxSize;
    this.#all[place.inShadow] = inShadow ? 1 : 0;
  }
}
