/**
 * What a registration, a TLS connection and a call weigh: resident memory of the process after garbage collection, before
 * and while they are held, by their number. Weighed when the transactions that made them have ended: those are the price
 * of a call a second, not of a call held. The note says how much of it is the heap of the main thread.
 */
import { type Bench, type Figure, type Plan, sleep } from "./bench.ts";
import { residentOf } from "./cpu.ts";
import { Inspector } from "./inspector.ts";
import { Phones } from "./load/phones.ts";
import { answerer, drive } from "./load/sipp.ts";
import { metric } from "./metrics.ts";
import { pbx, ringfence } from "./peers/ringfence.ts";
import { inspectorAt, inspectorFlag } from "./profile.ts";
import type { System } from "./system.ts";

const REGISTRATIONS = 10_000;
const CONNECTIONS = 5_000;
const CALLS = 1_000;
const CALL_RATE = 200;
/** Longer than the transactions of the set-up live. */
const CALL_HOLD = 50_000;
/** Held all the time, so that nothing is done for the first time later. */
const WARM_UP = 500;
const absorbedCounter = 'ringfence_registration_changes_total{result="absorbed"}';
const tlsPort = 15_061;

interface Weight {
  readonly resident: number;
  readonly heap: number;
}

/** Holds what is weighed, while `work` runs; returns how many are held. */
type Hold = (system: System, phones: Phones, weighed: (held: number) => Promise<void>) => Promise<string>;

export const memory: Bench = {
  name: "memory",
  peers: ["sipp"],
  async run(plan, has) {
    const registrations = await weigh(plan, "registration held (of 10,000)", 3, holdRegistrations);
    const connections = await weigh(plan, "TLS connection with its registration (of 5,000)", 70, holdConnections);
    const call = has("sipp") ? [await weigh(plan, "call held (of 1,000)", 20, holdCalls)] : [];
    return [registrations, connections, ...call];
  },
};

async function weigh(plan: Plan, work: string, most: number, hold: Hold): Promise<Figure> {
  const resident: number[] = [];
  const heap: number[] = [];
  let note = "";
  // Memory does not depend on what else the machine does: one round says as much as three, and each takes minutes.
  for (let round = 0; round < (plan.quick ? 1 : plan.rounds); round++) {
    const system = ringfence({
      flags: [inspectorFlag],
      listen: [`{ transport: tls, address: 127.0.0.1, port: ${tlsPort} }`],
      extra: ["defence: { source: { connections: 500 } }"],
      // Nothing expires while it waits to be weighed.
      phones: ["registration: { phone_expires: 10m }"],
    });
    const phones = new Phones();
    try {
      await phones.pbx(pbx);
      await sleep(3_000);
      const before = { value: await weightOf(system) };
      note = await hold(system, phones, async (held) => {
        const after = await weightOf(system);
        if (held > 0) {
          resident.push((after.resident - before.value.resident) / held);
          heap.push((after.heap - before.value.heap) / held);
        } else before.value = after;
      });
      plan.say(
        `round ${round + 1}: ${work}: ${resident.at(-1)?.toFixed(1)} kB, heap ${heap.at(-1)?.toFixed(1)} kB; ${note}`,
      );
    } finally {
      await phones.stop();
      await system.stop();
    }
  }
  const share = heap.toSorted((a, b) => a - b)[heap.length >> 1] ?? Number.NaN;
  return {
    work,
    system: "Ringfence",
    unit: "kB",
    rounds: resident,
    target: { kind: "at-most", most },
    note: `heap ${share.toFixed(1)} kB; ${note}`,
  };
}

/** After two collections: the first may leave what a finaliser still holds. */
async function weightOf(system: System): Promise<Weight> {
  for (let seconds = 0; seconds < 45 && (await metric("ringfence_transactions")) > 0; seconds++) await sleep(1_000);
  const inspector = await Inspector.attach(inspectorAt);
  for (const session of [inspector, inspector, ...inspector.workers]) await session.send("HeapProfiler.collectGarbage");
  const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
  const { result } = (await inspector.send("Runtime.evaluate", { expression })) as { result: { value: number } };
  inspector.close();
  await sleep(500);
  return { resident: residentOf(system.pid), heap: result.value / 1024 };
}

/** Phones behind a NAT over UDP; each refreshes once, and gets its keep-alive. */
async function holdRegistrations(...[system, phones, weighed]: Parameters<Hold>): Promise<string> {
  const common = { transport: "udp", to: system.entry, nat: true } as const;
  await phones.add({ group: "warm-up", phones: WARM_UP, ...common });
  await phones.register("warm-up", 4, 1_000);
  await weighed(0);
  await phones.add({ group: "held", phones: REGISTRATIONS, ...common });
  let held = 0;
  // A datagram may be lost; such a phone comes again.
  for (let tries = 0; tries < 4 && held < REGISTRATIONS; tries++) {
    await phones.register("held", 1, 500);
    held = (await metric("ringfence_registrations")) - WARM_UP;
  }
  await weighed(held);
  const before = await metric(absorbedCounter);
  await phones.register("held", 1, 500);
  const absorbed = (await metric(absorbedCounter)) - before;
  return `${held} held, ${absorbed} refreshes absorbed, ${await phones.keptAlive("held")} kept alive`;
}

async function holdConnections(...[, phones, weighed]: Parameters<Hold>): Promise<string> {
  const common = { transport: "tls", to: { address: "127.0.0.1", port: tlsPort }, nat: true } as const;
  await phones.add({ group: "warm-up", phones: WARM_UP, ...common });
  await phones.register("warm-up", 4, 1_000);
  await weighed(0);
  for (let part = 0; part < 10; part++) {
    await phones.add({ group: `held ${part}`, phones: CONNECTIONS / 10, ...common });
    await phones.register(`held ${part}`, 2, 1_000);
  }
  const held = (await metric("ringfence_connections")) - WARM_UP;
  await weighed(held);
  return `${held} connections, ${(await metric("ringfence_registrations")) - WARM_UP} registrations held`;
}

async function holdCalls(...[system, phones, weighed]: Parameters<Hold>): Promise<string> {
  await phones.stop();
  const callee = await answerer();
  try {
    await drive({ to: system.entry, calls: CALLS, rate: CALL_RATE });
    await weighed(0);
    const done = drive({ to: system.entry, calls: CALLS, rate: CALL_RATE, holdMs: CALL_HOLD });
    await sleep((CALLS / CALL_RATE) * 1_000 + 2_000);
    const held = await metric("ringfence_calls");
    await weighed(held);
    await done;
    return `${held} calls held`;
  } finally {
    callee.stop();
  }
}
