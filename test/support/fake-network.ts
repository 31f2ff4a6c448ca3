import { seededRandom } from "./seeded-random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Probabilities from 0 to 1, delays in milliseconds. Unequal delays are what reorders packets. */
export interface NetworkConditions {
  readonly loss: number;
  readonly duplicate: number;
  readonly minDelay: number;
  readonly maxDelay: number;
}

export const perfectNetwork: NetworkConditions = { loss: 0, duplicate: 0, minDelay: 1, maxDelay: 1 };

/** A network with faults from a seed: the same seed loses, copies and delays the same packets. */
export class FakeNetwork<Packet> {
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  #conditions: NetworkConditions;
  #sent = 0;
  #lost = 0;

  constructor(clock: VirtualClock, seed: number, conditions: NetworkConditions) {
    this.#clock = clock;
    this.#random = seededRandom(seed);
    this.#conditions = conditions;
  }

  get statistics(): { readonly sent: number; readonly lost: number } {
    return { sent: this.#sent, lost: this.#lost };
  }

  /** From now on; packets on their way are not touched. */
  become(conditions: NetworkConditions): void {
    this.#conditions = conditions;
  }

  /** `deliver` is called once, twice, or never. */
  send(packet: Packet, deliver: (packet: Packet) => void): void {
    this.#sent += 1;
    const { loss, duplicate, minDelay, maxDelay } = this.#conditions;
    const copies = this.#random() < duplicate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#random() < loss) {
        this.#lost += 1;
        continue;
      }
      this.#clock.after(minDelay + this.#random() * (maxDelay - minDelay), () => deliver(packet));
    }
  }
}
