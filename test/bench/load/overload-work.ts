/** What test/bench/overload.ts lets its crowd do, by the clock and by the processor; and what people do meanwhile. */
import { sleep } from "../bench.ts";
import type { BenchPhone } from "./bench-phone.ts";
import type { Crowd, Flooded } from "./crowd.ts";

/** The compiler, the first wake-ups, and what is left of the row before. */
const WARM_MS = 2_000;
/** Until as many end as begin, and the lines are as long as they will be. */
const RAMP_MS = 1_000;
const PAUSE_MS = 2_000;

/** Work that was done, in so much time of the clock and of the signalling thread. */
export interface Done {
  readonly perSecond: number;
  /** ms of its processor for one: a neighbour that takes the processor away does not count. */
  readonly cpuEach: number;
}

async function measured<D extends { readonly done: number }>(
  ms: number,
  cpu: () => number,
  work: () => Promise<D>,
): Promise<D & Done> {
  const before = cpu();
  const result = await work();
  return { ...result, perSecond: (result.done / ms) * 1_000, cpuEach: (cpu() - before) / result.done };
}

/** @param cpu ms of the signalling thread so far */
export async function capacity(crowd: Crowd, method: string, ms: number, cpu: () => number): Promise<Done> {
  await crowd.carry(method, WARM_MS);
  return measured(ms, cpu, async () => ({ done: await crowd.carry(method, ms) }));
}

export async function flood(
  crowd: Crowd,
  method: string,
  perSecond: number,
  ms: number,
  cpu: () => number,
): Promise<Flooded & Done> {
  await crowd.flood(method, perSecond, RAMP_MS);
  return measured(ms, cpu, () => crowd.flood(method, perSecond, ms));
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
