/**
 * CPU of one REGISTER refresh over UDP: absorbed by Ringfence, or relayed by Kamailio to the PBX and back. And what Node.js
 * needs for a datagram in and one out, whatever is in them: below that no program on it can come.
 */
import { alternate, type Bench, type Contender, type Figure, type Plan } from "./bench.ts";
import { Phones } from "./load/phones.ts";
import { metric, ready } from "./metrics.ts";
import { kamailio } from "./peers/kamailio.ts";
import { ringfence } from "./peers/ringfence.ts";
import { theSite } from "./peers/site.ts";
import { profiled } from "./profile.ts";
import { System } from "./system.ts";

const PHONES = 500;
const PER_SECOND = 1_000;
const WARM_UP = 20_000;
/** Kamailio relays; the names of the others say what they do. */
const relayed = (system: string): string => (system.startsWith("Kamailio") ? `${system}, relayed` : system);
const floor = "dgram, the same answer to all";
const absorbedCounter = 'ringfence_registration_changes_total{result="absorbed"}';

export const refresh: Bench = {
  name: "refresh",
  peers: ["kamailio"],
  async run(plan, has) {
    const systems = [
      ringfence({ name: "Ringfence, absorbed", inspected: plan.profiles !== undefined }),
      ...(has("kamailio") ? [kamailio(15061), kamailio(15062, "topoh")] : []),
      fixedAnswer(15_064),
    ];
    const phones = new Phones();
    try {
      await phones.pbx(theSite.pbx);
      await ready();
      return await measure(plan, systems, phones);
    } finally {
      await phones.stop();
      for (const system of systems) await system.stop();
    }
  },
};

function fixedAnswer(port: number): System {
  const system = new System(floor, { address: "127.0.0.1", port });
  system.start(process.execPath, ["test/bench/programs/fixed-answer.ts", "127.0.0.1", String(port)]);
  return system;
}

async function measure(plan: Plan, systems: readonly System[], phones: Phones): Promise<readonly Figure[]> {
  const rounds = plan.quick ? 6 : 20;
  let lost = 0;
  const turnOf = (system: System): Contender => ({
    system: system.name,
    turn: async () => {
      const before = system.cpu();
      const { sent, answered } = await phones.register(system.name, rounds, PER_SECOND);
      lost += sent - answered;
      return ((system.cpu() - before) / answered) * 1_000;
    },
  });
  for (const system of systems) {
    await phones.add({ group: system.name, phones: PHONES, transport: "udp", to: system.entry, nat: false });
    // Kamailio needs no warming; of ours the compiler is not done before some ten thousand.
    await phones.register(system.name, system.name.startsWith("Kamailio") ? 4 : WARM_UP / PHONES, 3 * PER_SECOND);
  }
  const [first] = systems;
  if (plan.profiles !== undefined && first !== undefined) {
    const work = async () => (await phones.register(first.name, rounds, PER_SECOND)).answered;
    plan.say(await profiled(plan.profiles, "refresh", work));
  }
  const absorbedBefore = await metric(absorbedCounter);
  const figures = await alternate(plan, systems.map(turnOf), "µs");
  const absorbed = (await metric(absorbedCounter)) - absorbedBefore;
  plan.say(`${absorbed} of ${rounds * PHONES * plan.rounds} refreshes absorbed, ${lost} without an answer in all`);
  return [...figures].map(([system, values], place) => ({
    work: "REGISTER refresh",
    system: relayed(system),
    unit: "µs",
    rounds: values,
    peer: relayed("Kamailio"),
    target: place === 0 ? { kind: "times-peer", most: 0.5 } : undefined,
    note: place === 0 ? `${Math.round((100 * absorbed) / (rounds * PHONES * plan.rounds))} % absorbed` : "",
  }));
}
