/** 1,000 calls at one time: how many packets a second this machine carries for them, with the generator on it too. */
import { alternate, type Bench, type Contender, type Figure, type Plan } from "./bench.ts";
import { lostOf, packetsASecond, type Relay, runRelay } from "./relay-run.ts";

const CALLS = 1_000;
/** Time between two packets of a stream, in ms: as voice has it, and longer ones. */
const spacings = [20, 30, 40, 60, 100];

const systems = [
  { system: "Ringfence, native engine", relay: "native" },
  { system: "rtpengine, userspace", relay: "rtpengine" },
] as const;

export const standing: Bench = {
  name: "standing",
  peers: ["rtpengine"],
  async run(plan, has) {
    const notes = new Map<string, string>();
    const present = systems.filter(({ relay }) => relay !== "rtpengine" || has("rtpengine"));
    const contenders = present.map(
      ({ system, relay }): Contender => ({ system, turn: () => most(plan, system, relay, notes) }),
    );
    // A round ends at the first spacing that loses nothing: one says it.
    const figures = await alternate({ ...plan, rounds: 1 }, contenders, "packets");
    return present.map(
      ({ system }): Figure => ({
        work: "packets/s of 1,000 calls, none lost",
        system,
        unit: "packets",
        rounds: figures.get(system) ?? [],
        note: notes.get(system),
      }),
    );
  },
};

/** The most packets a second of which none is lost; 0 when some of the fewest are. */
async function most(plan: Plan, system: string, relay: Relay, notes: Map<string, string>): Promise<number> {
  const tried: string[] = [];
  for (const spacing of spacings) {
    const load = { relay, secure: true, streams: CALLS, perSlot: Math.round((CALLS * 20) / spacing) };
    const { heard, microseconds } = await runRelay(load, plan.quick ? 100 : 250);
    const lost = lostOf(heard);
    tried.push(`every ${spacing} ms: ${lost} lost of ${heard.sent}, ${microseconds.toFixed(1)} µs a packet`);
    notes.set(system, tried.join("; "));
    if (lost === 0) return packetsASecond(load);
  }
  return 0;
}
