/** What test/bench/overload.ts lets its crowd do, what was seen meanwhile, and what people do all the time. */
import { sleep } from "../bench.ts";
import type { BenchPhone } from "./bench-phone.ts";
import type { Crowd } from "./crowd.ts";
import type { SoakHeard, SoakVoices } from "./soak-voices.ts";
import type { Seen, Witness } from "./witness.ts";

/** The compiler, the first wake-ups, and what is left of the row before. */
const WARM_MS = 2_000;
/** Until as many end as begin, and the lines are as long as they will be. */
const RAMP_MS = 1_000;
const PAUSE_MS = 2_000;

/** So much of what was asked was done, in so much time of the clock and of the signalling thread. */
export interface Phase {
  readonly asked: number;
  /** What the connections did not take, so that it was not said. */
  readonly held: number;
  readonly done: number;
  readonly perSecond: number;
  /** ms of its processor for one: a neighbour that takes the processor away does not count. */
  readonly cpuEach: number;
  readonly seen: Seen;
  /** From its beginning, with what is not measured of it. */
  readonly voice: SoakHeard;
}

export class Work {
  readonly #witness: Witness;
  readonly #voices: SoakVoices;

  constructor(witness: Witness, voices: SoakVoices) {
    [this.#witness, this.#voices] = [witness, voices];
  }

  /** Nothing but the voices, and what people do. */
  calm(ms: number): Promise<Phase> {
    this.#voices.countAnew();
    return this.#measured(ms, async () => {
      await sleep(ms);
      return { asked: 0, held: 0, done: 0 };
    });
  }

  async carried(crowd: Crowd, method: string, ms: number): Promise<Phase> {
    this.#voices.countAnew();
    await crowd.carry(method, WARM_MS);
    return this.#measured(ms, async () => {
      const done = await crowd.carry(method, ms);
      return { asked: done, held: 0, done };
    });
  }

  async flooded(crowd: Crowd, method: string, perSecond: number, ms: number): Promise<Phase> {
    this.#voices.countAnew();
    await crowd.flood(method, perSecond, RAMP_MS);
    return this.#measured(ms, () => crowd.flood(method, perSecond, ms));
  }

  async #measured(
    ms: number,
    work: () => Promise<{ readonly asked: number; readonly held: number; readonly done: number }>,
  ): Promise<Phase> {
    const [{ asked, held, done }, seen] = await this.#witness.during(work);
    const voice = await this.#voices.heard();
    return { asked, held, done, perSecond: (done / ms) * 1_000, cpuEach: seen.cpuMs / done, seen, voice };
  }
}

/** Register and call in turn until told to stop, as people do: one thing every two seconds. */
export function legitimate(phones: readonly BenchPhone[]) {
  let [tried, good, going] = [0, 0, true];
  const one = async (phone: BenchPhone, place: number): Promise<void> => {
    await sleep((place / phones.length) * PAUSE_MS);
    for (let next = place; going; next++) {
      tried++;
      if (next % 2 === 0 ? await phone.register() : await called(phone)) good++;
      await sleep(PAUSE_MS);
    }
  };
  const all = Promise.all(phones.map(one));
  return async () => {
    going = false;
    await all;
    return { tried, good };
  };
}

async function called(phone: BenchPhone): Promise<boolean> {
  const call = await phone.call();
  return typeof call === "object" && phone.hangUp(call);
}
