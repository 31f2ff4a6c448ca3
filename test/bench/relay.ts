/**
 * CPU of one relayed packet, 160 octets of payload: the portable engine beside rtpengine in userspace and a bare dgram
 * relay, plain and with SRTP on one leg; and whether a packet costs more when there are many streams.
 */
import { alternate, type Bench, type Contender, type Figure, type Plan, sleep, type Target } from "./bench.ts";
import { cpuOf } from "./cpu.ts";
import { Child } from "./load/child.ts";
import type { Ports, RelayOrder } from "./load/relay.ts";
import { type Talk, Voices } from "./load/rtp.ts";
import { layOut, rtpengine } from "./peers/rtpengine.ts";
import type { SubjectOrder } from "./programs/relay-subject.ts";

type Relay = "bare" | "engine" | "rtpengine";

interface Row {
  readonly work: string;
  readonly system: string;
  readonly relay: Relay;
  readonly streams: number;
  readonly perSlot: number;
  readonly secure: boolean;
  readonly peer: string;
  readonly target?: Target;
}

const key = new Uint8Array(30).fill(1);
/** Not measured: the compiler works meanwhile. */
const WARM_UP_SLOTS = 50;

const names = {
  bare: "dgram, bare relay",
  engine: "Ringfence, portable engine",
  rtpengine: "rtpengine, userspace",
} as const;
const atMost = (most: number): Target => ({ kind: "times-peer", most });

function rowsFor(streams: number, hasRtpengine: boolean): readonly Row[] {
  const all = { streams, perSlot: streams };
  const plain = { work: "packet, RTP to RTP", secure: false, peer: names.rtpengine, ...all };
  const secure = { work: "packet, RTP to SRTP and back", secure: true, peer: names.rtpengine, ...all };
  const many = {
    work: "packet, CPU as streams become more",
    secure: true,
    relay: "engine",
    peer: "50 streams",
    perSlot: 50,
  } as const;
  const rows: readonly Row[] = [
    { ...plain, system: names.bare, relay: "bare" },
    { ...plain, system: names.engine, relay: "engine", target: atMost(2.2) },
    { ...plain, system: names.rtpengine, relay: "rtpengine" },
    { ...secure, system: names.engine, relay: "engine", target: atMost(2.2) },
    { ...secure, system: names.rtpengine, relay: "rtpengine" },
    { ...many, system: "50 streams", streams: 50 },
    { ...many, system: "1,000 streams, as many packets", streams: 1_000, target: atMost(1.1) },
  ];
  return rows.filter(({ relay }) => relay !== "rtpengine" || hasRtpengine);
}

export const relay: Bench = {
  name: "relay",
  peers: ["rtpengine"],
  async run(plan, has) {
    const lost = new Map<Row, number>();
    const rows = rowsFor(plan.quick ? 100 : 200, has("rtpengine"));
    const contenders = rows.map((row): Contender => {
      const turn = async (): Promise<number> => {
        const result = await measure(plan, row);
        lost.set(row, (lost.get(row) ?? 0) + result.lost);
        return result.microseconds;
      };
      return { system: `${row.work}: ${row.system}`, turn };
    });
    const figures = [...(await alternate(plan, contenders, "µs")).values()];
    return rows.map((row, place): Figure => {
      const { work, system, peer, target, streams, perSlot } = row;
      const note = `${streams} streams, ${2 * perSlot * 50} packets/s, ${lost.get(row)} lost`;
      return { work, system, unit: "µs", rounds: figures[place] ?? [], peer, target, note };
    });
  },
};

async function measure(plan: Plan, row: Row): Promise<{ readonly microseconds: number; readonly lost: number }> {
  const voices = await Voices.open();
  const secret = row.secure ? key : undefined;
  const subject = await start(row.relay, { streams: row.streams, key: secret, ...voices.places });
  const slots = WARM_UP_SLOTS + (plan.quick ? 100 : 200);
  const talk: Talk = { streams: row.streams, perSlot: row.perSlot, slots, key: secret };
  const began = { cpu: 0, received: 0 };
  await voices.talk(talk, subject.ports, (slot) => {
    if (slot === WARM_UP_SLOTS) Object.assign(began, { cpu: cpuOf(subject.pid), received: voices.received });
  });
  const spent = cpuOf(subject.pid) - began.cpu;
  await subject.stop();
  voices.close();
  return {
    microseconds: (spent / (voices.received - began.received)) * 1_000,
    lost: 2 * row.perSlot * slots - voices.received,
  };
}

interface Subject {
  readonly pid: number;
  readonly ports: readonly Ports[];
  stop(): Promise<void>;
}

async function start(by: Relay, order: RelayOrder): Promise<Subject> {
  if (by !== "rtpengine") {
    const child = new Child("relay-subject.ts");
    const ports = await child.ask<SubjectOrder, readonly Ports[]>({ ...order, by });
    return { pid: child.pid, ports, stop: () => child.stop() };
  }
  const system = rtpengine();
  await sleep(1_000);
  return { pid: system.pid, ports: await layOut(order), stop: () => system.stop() };
}
