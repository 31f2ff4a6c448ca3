/**
 * CPU of one datagram that Ringfence will not read: from a source over its limit, from a denied one, and octets that are
 * no SIP; beside a dgram socket whose handler does nothing but count.
 */
import { alternate, type Bench, type Contender, type Plan } from "./bench.ts";
import { cpuOf } from "./cpu.ts";
import { Child } from "./load/child.ts";
import type { FloodOrder } from "./load/flood.ts";
import { metric, ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { theSite } from "./peers/site.ts";
import { profiled } from "./profile.ts";

const PER_SECOND = 10_000;
const empty = { address: "127.0.0.1", port: 15_059 };
const bare = "dgram, empty handler";
const denied = "127.0.5.1";
const invite = `INVITE sip:100@bench.example.com SIP/2.0\r\nUser-Agent: friendly-scanner\r\n${"x".repeat(400)}\r\n\r\n`;

interface Flood {
  readonly system: string;
  readonly from: string;
  readonly text: string;
}

const floods: readonly Flood[] = [
  { system: "Ringfence, source over its limit", from: "127.0.5.2", text: invite },
  { system: "Ringfence, denied source", from: denied, text: invite },
  { system: "Ringfence, no SIP", from: "127.0.5.3", text: "\u0000".repeat(460) },
];

export const junk: Bench = {
  name: "junk",
  peers: [],
  async run(plan) {
    const system = ringfence({
      extra: [`defence: { deny: [${denied}], source: { packets_per_second: 10 } }`],
      inspected: plan.profiles !== undefined,
    });
    const [handler, flood] = [new Child("empty-handler.ts"), new Child("flood.ts")];
    try {
      await handler.ask(empty);
      await ready();
      const send = (order: Omit<FloodOrder, "perSecond">) =>
        flood.ask<FloodOrder, string>({ ...order, perSecond: PER_SECOND });
      const turns = contenders(plan, system.pid, handler, send);
      for (const { turn } of turns) await turn(0);
      if (plan.profiles !== undefined) {
        const order = { from: "127.0.5.2", to: theSite.entry, datagrams: 20_000, text: invite };
        plan.say(
          await profiled(plan.profiles, "junk", async () => {
            await send(order);
            return order.datagrams;
          }),
        );
      }
      const figures = await alternate(plan, turns, "µs");
      return [...figures].map(([name, rounds]) => ({
        work: "datagram that is not read",
        system: name,
        unit: "µs",
        rounds,
        peer: bare,
        target: name === bare ? undefined : { kind: "times-peer", most: 1.2 },
      }));
    } finally {
      await flood.stop();
      await handler.stop();
      await system.stop();
    }
  },
};

function contenders(
  plan: Plan,
  pid: number,
  handler: Child,
  send: (order: Omit<FloodOrder, "perSecond">) => Promise<unknown>,
): readonly Contender[] {
  const datagrams = plan.quick ? 30_000 : 60_000;
  const per = (spent: number, count: number): number => (spent / count) * 1_000;
  const nothing: Contender = {
    system: bare,
    turn: async () => {
      const before = { cpu: cpuOf(handler.pid), count: await received(handler) };
      await send({ from: "127.0.5.4", to: empty, datagrams, text: invite });
      return per(cpuOf(handler.pid) - before.cpu, (await received(handler)) - before.count);
    },
  };
  const ours = floods.map(({ system, from, text }): Contender => {
    // Whatever the reason: also a denied source is over its limit when it floods.
    const dropped = (): Promise<number> => metric("ringfence_gate_dropped_total");
    return {
      system,
      turn: async () => {
        // Looking at the metrics costs something too: not between the two looks at the clock.
        const count = await dropped();
        const cpu = cpuOf(pid);
        await send({ from, to: theSite.entry, datagrams, text });
        const spent = cpuOf(pid) - cpu;
        return per(spent, (await dropped()) - count);
      },
    };
  });
  return [nothing, ...ours];
}

function received(handler: Child): Promise<number> {
  return handler.ask({ kind: "received" });
}
