/** One row of test/bench/overload.ts: a method over a transport, what is carried of it and four times as much in turn. */
import { sleep } from "../bench.ts";
import { residentOf } from "../cpu.ts";
import { metric } from "../metrics.ts";
import type { Site } from "../peers/site.ts";
import type { BenchPhone } from "./bench-phone.ts";
import type { Crowd, Transport } from "./crowd.ts";
import { legitimate, type Phase, type Work } from "./overload-work.ts";
import type { SoakVoices } from "./soak-voices.ts";

const CALM_MS = 2_000;
const CAPACITY_MS = 3_000;
/** Four times as much is sent of what carries nothing. */
const NOTHING_CARRIED = 1_250;

/** Where rows are measured. */
export interface Stage {
  readonly site: Site;
  /** Process of the appliance. */
  readonly pid: number;
  readonly voices: SoakVoices;
  readonly steady: readonly BenchPhone[];
  readonly work: Work;
  readonly floodMs: number;
  readonly rounds: number;
  /** Around each phase. */
  readonly look: (where: string, phase: () => Promise<Phase>) => Promise<Phase>;
}

interface Round {
  readonly flood: Phase;
  /** ms until nobody was refused and nothing of the flood was answered any more. */
  readonly backMs: number;
  /** Packets of voice, in the flood and until then. */
  readonly lost: number;
}

export interface Row {
  readonly method: string;
  readonly transport: Transport;
  /** Requests a second. */
  readonly rate: number;
  readonly calm: Phase;
  /** What is carried, before the first flood and after each; nothing where nothing is. */
  readonly plains: readonly Phase[];
  readonly rounds: readonly Round[];
  readonly mostMb: number;
  /** What registered phones asked, and what of it was done. */
  readonly tried: number;
  readonly good: number;
}

/** @param strangers opens those who flood, where the crowd itself does not */
export async function measureRow(
  stage: Stage,
  { transport, method }: Pick<Row, "transport" | "method">,
  crowd: Crowd,
  strangers: () => Promise<Crowd>,
): Promise<Row> {
  const { work, voices, floodMs } = stage;
  const carriesNothing = method === "junk" || method === "strangers";
  // What the fifty ask is work as well, so they ask for it all the time.
  const staff = legitimate(stage.steady);
  const calm = await work.calm(CALM_MS);
  let mostMb = megabytes(stage);
  const watch = setInterval(() => {
    mostMb = Math.max(mostMb, megabytes(stage));
  }, 500);
  const plains: Phase[] = [];
  const carried = async (): Promise<void> => {
    const plain = () => work.carried(crowd, method, CAPACITY_MS);
    if (!carriesNothing) plains.push(await stage.look(`${method}-over-${transport}-plain`, plain));
    await calmed(stage.site);
  };
  await carried();
  const who = method === "strangers" ? await strangers() : crowd;
  const asked = method === "strangers" ? "mixed" : method;
  const rate = 4 * (plains[0]?.perSecond ?? NOTHING_CARRIED);
  const rounds: Round[] = [];
  // A neighbour that takes the processor for a while takes it from both: what is carried is asked before and after.
  for (let round = 0; round < stage.rounds; round++) {
    const flood = await stage.look(`${method}-over-${transport}-flood`, () => work.flooded(who, asked, rate, floodMs));
    const backMs = await recovered(stage.site, who);
    rounds.push({ flood, backMs, lost: (await voices.heard()).lost });
    await carried();
  }
  const { tried, good } = await staff();
  clearInterval(watch);
  if (who !== crowd) who.close();
  return { method, transport, rate, calm, plains, rounds, mostMb, tried, good };
}

/** ms until nobody is refused. */
async function calmed(site: Site): Promise<number> {
  const began = performance.now();
  while ((await metric("ringfence_overload_level", site)) > 0 && performance.now() - began < 30_000) await sleep(100);
  return performance.now() - began;
}

async function recovered(site: Site, crowd: Crowd): Promise<number> {
  const calm = await calmed(site);
  let last = await crowd.last();
  for (let before = -1; before !== last; last = await crowd.last()) {
    before = last;
    await sleep(500);
  }
  return Math.max(calm, last);
}

function megabytes({ pid }: Stage): number {
  return Math.round(residentOf(pid) / 1_024);
}
