/**
 * What a registration, a TLS connection and a call weigh: resident memory of the process after garbage collection, before
 * and while they are held, by their number. Weighed when the transactions that made them have ended: those are the price
 * of a call a second, not of a call held. The three stand beside each other, since memory does not mind what else runs. The note says how much of it is the heap of the main thread.
 */
import { type Bench, type Figure, median, type Plan, sleep } from "./bench.ts";
import { Phones } from "./load/phones.ts";
import { answerer, drive } from "./load/sipp.ts";
import { metric, ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { type Site, siteOf } from "./peers/site.ts";
import type { System } from "./system.ts";
import { type Weight, weightOf } from "./weight.ts";

const REGISTRATIONS = 10_000;
const CONNECTIONS = 5_000;
const CALLS = 1_000;
const CALL_RATE = 200;
/** Longer than the transactions of the set-up live. */
const CALL_HOLD = 50_000;
/** Held all the time, so that nothing is done for the first time later. */
const WARM_UP = 500;
const absorbedCounter = 'ringfence_registration_changes_total{result="absorbed"}';

interface Work {
  readonly work: string;
  /** kB each. */
  readonly most: number;
  /** Holds what is weighed while `weighed` runs; says how many are held. */
  hold(site: Site, phones: Phones, weighed: (held: number) => Promise<void>): Promise<string>;
}

export const memory: Bench = {
  name: "memory",
  peers: ["sipp"],
  async run(plan, has) {
    const works: readonly Work[] = [
      { work: "registration held (of 10,000)", most: 3, hold: holdRegistrations },
      { work: "TLS connection with its registration (of 5,000)", most: 70, hold: holdConnections },
      ...(has("sipp") ? [{ work: "call held (of 1,000)", most: 20, hold: holdCalls }] : []),
    ];
    return Promise.all(works.map((work, number) => weigh(plan, work, siteOf(number))));
  },
};

async function weigh(plan: Plan, { work, most, hold }: Work, site: Site): Promise<Figure> {
  const resident: number[] = [];
  const heap: number[] = [];
  let note = "";
  for (let round = 0; round < (plan.quick ? 1 : plan.rounds); round++) {
    const system = ringfence({
      site,
      inspected: true,
      listen: [`{ transport: tls, address: ${site.tls.address}, port: ${site.tls.port} }`],
      extra: ["defence: { source: { connections: 500 } }"],
      // Nothing expires while it waits to be weighed.
      phones: ["registration: { phone_expires: 10m }"],
    });
    const phones = new Phones();
    try {
      await ready(site);
      let before: Weight = { resident: 0, heap: 0 };
      note = await hold(site, phones, async (held) => {
        const after = await settledWeight(system, site);
        if (held > 0) {
          resident.push((after.resident - before.resident) / held);
          heap.push((after.heap - before.heap) / held);
        } else before = after;
      });
      plan.say(
        `round ${round + 1}: ${work}: ${resident.at(-1)?.toFixed(1)} kB, heap ${heap.at(-1)?.toFixed(1)} kB; ${note}`,
      );
    } finally {
      await phones.stop();
      await system.stop();
    }
  }
  return {
    work,
    system: "Ringfence",
    unit: "kB",
    rounds: resident,
    target: { kind: "at-most", most },
    note: `heap ${median(heap).toFixed(1)} kB; ${note}`,
  };
}

/** When no transaction is left. */
async function settledWeight(system: System, site: Site): Promise<Weight> {
  for (let seconds = 0; seconds < 45 && (await metric("ringfence_transactions", site)) > 0; seconds++)
    await sleep(1_000);
  return weightOf(system, site);
}

/** Phones behind a NAT over UDP; each refreshes once, and gets its keep-alive. */
async function holdRegistrations(...[site, phones, weighed]: Parameters<Work["hold"]>): Promise<string> {
  const common = { transport: "udp", to: site.entry, nat: true } as const;
  await phones.pbx(site.pbx);
  await phones.add({ group: "warm-up", phones: WARM_UP, ...common });
  await phones.register("warm-up", 4, 1_000);
  await weighed(0);
  await phones.add({ group: "held", phones: REGISTRATIONS, ...common });
  let held = 0;
  // A datagram may be lost; such a phone comes again.
  for (let tries = 0; tries < 4 && held < REGISTRATIONS; tries++) {
    await phones.register("held", 1, 500);
    held = (await metric("ringfence_registrations", site)) - WARM_UP;
  }
  await weighed(held);
  const before = await metric(absorbedCounter, site);
  await phones.register("held", 1, 500);
  const absorbed = (await metric(absorbedCounter, site)) - before;
  return `${held} held, ${absorbed} refreshes absorbed, ${await phones.keptAlive("held")} kept alive`;
}

async function holdConnections(...[site, phones, weighed]: Parameters<Work["hold"]>): Promise<string> {
  const common = { transport: "tls", to: site.tls, nat: true } as const;
  await phones.pbx(site.pbx);
  await phones.add({ group: "warm-up", phones: WARM_UP, ...common });
  await phones.register("warm-up", 4, 1_000);
  await weighed(0);
  for (let part = 0; part < 10; part++) {
    await phones.add({ group: `held ${part}`, phones: CONNECTIONS / 10, ...common });
    await phones.register(`held ${part}`, 2, 1_000);
  }
  const held = (await metric("ringfence_connections", site)) - WARM_UP;
  await weighed(held);
  return `${held} connections, ${(await metric("ringfence_registrations", site)) - WARM_UP} registrations held`;
}

async function holdCalls(...[site, , weighed]: Parameters<Work["hold"]>): Promise<string> {
  const callee = await answerer(site);
  const load = { to: site.entry, from: site.caller, calls: CALLS, rate: CALL_RATE };
  try {
    await drive(load);
    await weighed(0);
    const done = drive({ ...load, holdMs: CALL_HOLD });
    await sleep((CALLS / CALL_RATE) * 1_000 + 2_000);
    const held = await metric("ringfence_calls", site);
    await weighed(held);
    await done;
    return `${held} calls held`;
  } finally {
    callee.stop();
  }
}
