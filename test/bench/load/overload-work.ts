/** What test/bench/overload.ts lets its phones do: as much as is carried, more than that, and what people do meanwhile. */
import { sleep } from "../bench.ts";
import type { BenchPhone } from "./bench-phone.ts";

/** For each phone of the crowd, when it is measured what is carried. */
const OUTSTANDING = 4;
/** The compiler and the first wake-ups are not counted. */
const WARM_MS = 1_000;
const PAUSE_MS = 2_000;
/** All at once: what each of them is in turn. */
const mixture = ["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE"] as const;

let turn = 0;

/** One unit of work. True: it was done. */
async function once(phone: BenchPhone, method: string, insists: boolean): Promise<boolean> {
  const what = method === "mixed" ? (mixture[turn++ % mixture.length] ?? "INVITE") : method;
  if (what !== "INVITE") return phone.ask(what, insists);
  const call = await phone.call(insists);
  return typeof call === "object" && phone.hangUp(call);
}

/** Work that was done, in so much time of the clock and of the signalling thread. */
export interface Done {
  readonly perSecond: number;
  /** ms of its processor for one: a neighbour that takes the processor away does not count. */
  readonly cpuEach: number;
}

/** Each phone with so many at a time. @param cpu ms of the signalling thread so far */
export async function capacity(
  crowd: readonly BenchPhone[],
  method: string,
  ms: number,
  cpu: () => number,
): Promise<Done> {
  const began = performance.now() + WARM_MS;
  const end = began + ms;
  let [done, spent, going] = [0, 0, true];
  const watch = sleep(WARM_MS).then(async () => {
    const before = cpu();
    await sleep(ms);
    [spent, going] = [cpu() - before, false];
  });
  const worker = async (phone: BenchPhone): Promise<void> => {
    while (going) {
      const good = await once(phone, method, true);
      if (good && going && performance.now() >= began) done++;
    }
  };
  await Promise.all([watch, ...crowd.flatMap((phone) => Array.from({ length: OUTSTANDING }, () => worker(phone)))]);
  return { perSecond: (done / (end - began)) * 1_000, cpuEach: spent / done };
}

/** Whatever comes back, so many a second, and nothing twice. */
export async function flood(
  crowd: readonly BenchPhone[],
  method: string,
  perSecond: number,
  ms: number,
  cpu: () => number,
): Promise<Done & { readonly offered: number }> {
  const [began, before, hitsBefore] = [performance.now(), cpu(), hits(crowd)];
  let [sent, calls] = [0, 0];
  while (performance.now() - began < ms) {
    const due = ((performance.now() - began) / 1_000) * perSecond;
    for (; sent < due; sent++) {
      const phone = crowd[sent % crowd.length];
      const what = method === "mixed" ? mixture[sent % mixture.length] : method;
      if (what === "junk") phone?.junk();
      else if (what !== "INVITE") phone?.shoot(what ?? "");
      else if (phone !== undefined) void once(phone, what, false).then((good) => (calls += Number(good)));
    }
    await sleep(1);
  }
  const done = hits(crowd) - hitsBefore + calls;
  return { offered: (sent / ms) * 1_000, perSecond: (done / ms) * 1_000, cpuEach: (cpu() - before) / done };
}

function hits(crowd: readonly BenchPhone[]): number {
  return crowd.reduce((sum, phone) => sum + phone.hits, 0);
}

/** Register and call in turn until told to stop, as people do: one thing every two seconds. */
export function legitimate(phones: readonly BenchPhone[]) {
  let [tried, good, going] = [0, 0, true];
  const one = async (phone: BenchPhone, place: number): Promise<void> => {
    await sleep((place / phones.length) * PAUSE_MS);
    for (let next = place; going; next++) {
      tried++;
      if (await once(phone, next % 2 === 0 ? "REGISTER" : "INVITE", true)) good++;
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
