/**
 * CPU of one call, INVITE to BYE with SDP: Ringfence with media anchored and full policy, beside Kamailio as it relays,
 * hides topology, and anchors media. All of them stay up and take turns; a round is counted until the transactions of
 * its last call have ended, which is 32 s later and costs something too.
 */
import { type Bench, type Figure, type Plan, sleep } from "./bench.ts";
import { cpuOfThreads } from "./cpu.ts";
import { answerer, drive } from "./load/sipp.ts";
import { ready } from "./metrics.ts";
import { kamailio } from "./peers/kamailio.ts";
import { ringfence } from "./peers/ringfence.ts";
import { profiled } from "./profile.ts";
import type { System } from "./system.ts";

const work = "call set-up and tear-down";
const hardest = "Kamailio + topoh + rtpengine";
/** RFC 3261 §17: 64 × T1, and a little. */
const TRANSACTIONS_END = 34_000;
const RATE = 200;
/** What is compiled at run time is warm in a service that runs for months: the compiler is not done with a call before some ten thousand. */
const WARM_UP = 12_000;

export const calls: Bench = {
  name: "calls",
  peers: ["sipp", "kamailio", "rtpengine"],
  async run(plan, has) {
    if (!has("sipp")) return [];
    const systems = [
      ringfence({ name: "Ringfence, media anchored, full policy", inspected: plan.profiles !== undefined }),
      ...(has("kamailio") ? [kamailio(15061), kamailio(15062, "topoh")] : []),
      ...(has("kamailio") && has("rtpengine") ? [kamailio(15063, "topoh", "rtpengine")] : []),
    ];
    const callee = await answerer();
    try {
      await ready();
      return await measure(plan, systems);
    } finally {
      callee.stop();
      for (const system of systems) await system.stop();
    }
  },
};

async function measure(plan: Plan, systems: readonly System[]): Promise<readonly Figure[]> {
  for (const [place, { entry }] of systems.entries())
    await drive({ to: entry, calls: place === 0 ? WARM_UP : 500, rate: 300 });
  await sleep(TRANSACTIONS_END);
  const count = plan.quick ? 1_500 : 5_000;
  if (plan.profiles !== undefined) await profile(plan, systems[0], count);
  const sums = systems.map((system) => new Sum(system));
  for (let round = 0; round < plan.rounds; round++) {
    for (const sum of sums) await sum.drive(count);
    await sleep(TRANSACTIONS_END);
    for (const sum of sums) plan.say(`round ${round + 1}: ${sum.close()}`);
  }
  return sums.map((sum, place) => ({
    work,
    system: sum.of.name,
    unit: "ms",
    rounds: sum.figures,
    peer: hardest,
    target: place === 0 ? { kind: "times-peer", most: 0.6 } : undefined,
    note: sum.note(),
  }));
}

async function profile(plan: Plan, system: System | undefined, count: number): Promise<void> {
  if (system === undefined || plan.profiles === undefined) return;
  const text = await profiled(plan.profiles, "call", () => drive({ to: system.entry, calls: count, rate: RATE }));
  plan.say(text);
}

/** What one system has spent and done. */
class Sum {
  readonly of: System;
  readonly figures: number[] = [];
  readonly #began: ReadonlyMap<string, number>;
  #before = 0;
  #succeeded = 0;
  #allSucceeded = 0;
  #failed = 0;

  constructor(of: System) {
    this.of = of;
    this.#began = cpuOfThreads(of.pid);
  }

  async drive(calls: number): Promise<void> {
    this.#before = this.of.cpu();
    this.#succeeded = await drive({ to: this.of.entry, calls, rate: RATE });
    this.#allSucceeded += this.#succeeded;
    this.#failed += calls - this.#succeeded;
  }

  close(): string {
    const figure = (this.of.cpu() - this.#before) / this.#succeeded;
    this.figures.push(figure);
    return `${this.of.name}: ${figure.toFixed(3)} ms a call, ${this.#succeeded} calls`;
  }

  /** Of Ringfence also how it is spread over its threads. */
  note(): string {
    const failed = this.#failed === 0 ? [] : [`${this.#failed} calls failed`];
    if (!this.of.name.startsWith("Ringfence")) return failed.join();
    const threads = [...cpuOfThreads(this.of.pid)]
      .map(([name, ms]) => [name, (ms - (this.#began.get(name) ?? 0)) / this.#allSucceeded] as const)
      .filter(([, ms]) => ms >= 0.005)
      .map(([name, ms]) => `${name} ${ms.toFixed(2)}`);
    return [...failed, ...threads].join(", ");
  }
}
