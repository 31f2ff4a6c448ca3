/** What test/bench/overload.ts lets its phones do: as much as is carried, more than that, and what people do meanwhile. */
import { sleep } from "../bench.ts";
import type { BenchPhone } from "./bench-phone.ts";

/** For each phone of the crowd, when it is measured what is carried. */
const OUTSTANDING = 4;
/** The compiler and the first wake-ups are not counted. */
const WARM_MS = 1_000;
const PAUSE_MS = 2_000;
/** All at once: what each of them is in turn. */
export const mixture = ["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE"] as const;

let turn = 0;

/** One unit of work. True: it was done. */
async function once(phone: BenchPhone, method: string, insists: boolean): Promise<boolean> {
  const what = method === "mixed" ? (mixture[turn++ % mixture.length] ?? "INVITE") : method;
  if (what !== "INVITE") return phone.ask(what, insists);
  const call = await phone.call(insists);
  return typeof call === "object" && phone.hangUp(call);
}

/** Each phone with so many at a time. @returns what was done a second */
export async function capacity(crowd: readonly BenchPhone[], method: string, ms: number): Promise<number> {
  const began = performance.now() + WARM_MS;
  const end = began + ms;
  let done = 0;
  const worker = async (phone: BenchPhone): Promise<void> => {
    while (performance.now() < end) {
      const good = await once(phone, method, true);
      const at = performance.now();
      if (good && at >= began && at < end) done++;
    }
  };
  await Promise.all(crowd.flatMap((phone) => Array.from({ length: OUTSTANDING }, () => worker(phone))));
  return (done / ms) * 1_000;
}

/** Whatever comes back, so many a second, and nothing twice. */
export async function flood(crowd: readonly BenchPhone[], method: string, perSecond: number, ms: number) {
  const began = performance.now();
  const hitsBefore = hits(crowd);
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
  return { offered: (sent / ms) * 1_000, goodput: ((hits(crowd) - hitsBefore + calls) / ms) * 1_000 };
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
