/**
 * Does a call cost more when there are many? CPU of calls of half a second at 100 a second, so that 50 stand at one time,
 * alone and beside 950 that are held meanwhile.
 */
import { alternate, type Bench, type Contender, type Plan, sleep } from "./bench.ts";
import { answerer, drive } from "./load/sipp.ts";
import { ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { theSite } from "./peers/site.ts";
import type { System } from "./system.ts";

const RATE = 100;
const SHORT_MS = 500;
const HELD = 950;
const HELD_RATE = 300;

export const growth: Bench = {
  name: "growth",
  peers: ["sipp"],
  async run(plan, has) {
    if (!has("sipp")) return [];
    const system = ringfence();
    const callee = await answerer();
    try {
      await ready();
      await drive({ to: system.entry, calls: 2_000, rate: 300 });
      const figures = await alternate(plan, contenders(plan, system), "ms");
      return [...figures].map(([name, rounds], place) => ({
        work: "call, CPU as they become more",
        system: name,
        unit: "ms",
        rounds,
        peer: "Ringfence, 50 calls at one time",
        target: place === 1 ? { kind: "times-peer", most: 1.1 } : undefined,
      }));
    } finally {
      callee.stop();
      await system.stop();
    }
  },
};

function contenders(plan: Plan, system: System): readonly Contender[] {
  const calls = plan.quick ? 800 : 2_000;
  const short = async (): Promise<number> => {
    const before = system.cpu();
    const succeeded = await drive({ to: system.entry, calls, rate: RATE, holdMs: SHORT_MS });
    return (system.cpu() - before) / succeeded;
  };
  const beside = async (): Promise<number> => {
    const setUp = (HELD / HELD_RATE) * 1_000 + 2_000;
    const measuring = (calls / RATE) * 1_000 + 4_000;
    const held = drive({
      to: system.entry,
      calls: HELD,
      rate: HELD_RATE,
      holdMs: setUp + measuring,
      from: { ...theSite.caller, port: theSite.caller.port + 1 },
    });
    await sleep(setUp);
    const figure = await short();
    await held;
    return figure;
  };
  return [
    { system: "Ringfence, 50 calls at one time", turn: short },
    { system: "Ringfence, 1,000 calls at one time", turn: beside },
  ];
}
