/**
 * What a call costs the engine before its first packet: four sockets, SRTP on one leg, the rules of an offer and an answer. Its CPU
 * while it is set up, and the resident memory of one that stands. Signalling has its own (calls.ts, memory.ts).
 */
import { alternate, type Bench, type Contender, type Figure, type Plan, sleep } from "./bench.ts";
import { residentOf, threadTimeOf } from "./cpu.ts";
import { Child } from "./load/child.ts";
import type { Ports, RelayOrder } from "./load/relay.ts";
import { layOut, rtpengine } from "./peers/rtpengine.ts";
import type { SubjectOrder } from "./programs/relay-subject.ts";

/** Laid out first, so that code and tables are there. */
const WARM_UP = 200;
const CALLS = 1_000;

const order: RelayOrder = {
  streams: CALLS,
  phone: { address: "127.0.0.2", port: 19_000 },
  pbx: { address: "127.0.0.3", port: 19_002 },
  key: new Uint8Array(30).fill(1),
};

/** A process that sets calls up. */
interface Laying {
  readonly pid: number;
  lay(streams: number): Promise<unknown>;
  stop(): Promise<void>;
}

const systems = [
  { system: "Ringfence, native engine", begin: () => engineOf("native"), setUp: 200, held: 20 },
  { system: "Ringfence, portable engine", begin: () => engineOf("portable") },
  { system: "rtpengine, userspace (offer and answer)", begin: peer },
] as const;

export const engine: Bench = {
  name: "engine",
  peers: ["rtpengine"],
  async run(plan, has) {
    const present = systems.filter(({ begin }) => begin !== peer || has("rtpengine"));
    const kilobytes = new Map<string, number[]>();
    const contenders = present.map(
      ({ system, begin }): Contender => ({ system, turn: () => turn(plan, system, begin, kilobytes) }),
    );
    const times = await alternate(plan, contenders, "µs");
    return present
      .flatMap((one): readonly Figure[] => {
        const { system } = one;
        const most = "setUp" in one ? one : { setUp: undefined, held: undefined };
        return [
          { ...figure("call set up in the engine", most.setUp), system, unit: "µs", rounds: times.get(system) ?? [] },
          {
            ...figure("call held in the engine (of 1,000)", most.held),
            system,
            unit: "kB",
            rounds: kilobytes.get(system) ?? [],
          },
        ];
      })
      .toSorted((one, other) => other.work.localeCompare(one.work));
  },
};

function figure(work: string, most: number | undefined): Pick<Figure, "work" | "target"> {
  return { work, target: most === undefined ? undefined : { kind: "at-most", most } };
}

async function turn(
  plan: Plan,
  system: string,
  begin: () => Promise<Laying>,
  kilobytes: Map<string, number[]>,
): Promise<number> {
  const laying = await begin();
  try {
    await laying.lay(WARM_UP);
    await sleep(500);
    const before = { time: threadTimeOf(laying.pid), memory: residentOf(laying.pid) };
    await laying.lay(CALLS);
    // `opened` comes before the rules and keys that follow it are carried out.
    await sleep(200);
    const each = (residentOf(laying.pid) - before.memory) / CALLS;
    const time = threadTimeOf(laying.pid) - before.time;
    kilobytes.set(system, [...(kilobytes.get(system) ?? []), each]);
    plan.say(`${system}: ${each.toFixed(1)} kB`);
    return (time * 1_000) / CALLS;
  } finally {
    await laying.stop();
  }
}

async function engineOf(by: SubjectOrder["by"]): Promise<Laying> {
  const child = new Child("relay-subject.ts");
  const lay = (streams: number): Promise<readonly Ports[]> =>
    child.ask<SubjectOrder, readonly Ports[]>({ ...order, streams, by });
  return { pid: child.pid, lay, stop: () => child.stop() };
}

async function peer(): Promise<Laying> {
  const system = rtpengine();
  await sleep(1_000);
  return { pid: system.pid, lay: (streams) => layOut({ ...order, streams }), stop: () => system.stop() };
}
