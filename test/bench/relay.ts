/**
 * CPU of one relayed packet, 160 octets of payload: both engines beside rtpengine in userspace and a bare dgram relay,
 * plain and with SRTP on one leg; and whether a packet costs more when there are many streams.
 */
import { alternate, type Bench, type Contender, type Figure, type Plan, sleep, type Target } from "./bench.ts";
import { cpuOf } from "./cpu.ts";
import { Child } from "./load/child.ts";
import type { Ports, RelayOrder } from "./load/relay.ts";
import { type Heard, Voices } from "./load/rtp.ts";
import { layOut, rtpengine } from "./peers/rtpengine.ts";
import type { SubjectOrder } from "./programs/relay-subject.ts";

type Relay = SubjectOrder["by"] | "rtpengine";

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
  native: "Ringfence, native engine",
  portable: "Ringfence, portable engine",
  rtpengine: "rtpengine, userspace",
} as const;
const atMost = (most: number): Target => ({ kind: "times-peer", most });

function rowsFor(quick: boolean, hasRtpengine: boolean): readonly Row[] {
  const [few, calls] = quick ? [100, 250] : [200, 500];
  const all = { streams: few, perSlot: few };
  const plain = { work: "packet, RTP to RTP", secure: false, peer: names.rtpengine, ...all };
  const secure = { work: "packet, RTP to SRTP and back", secure: true, peer: names.rtpengine, ...all };
  const full = { ...secure, work: `packet, RTP to SRTP and back, ${calls} calls`, streams: calls, perSlot: calls };
  const rows: readonly Row[] = [
    { ...plain, system: names.bare, relay: "bare" },
    { ...plain, system: names.native, relay: "native", target: atMost(0.6) },
    { ...plain, system: names.portable, relay: "portable", target: atMost(2.2) },
    { ...plain, system: names.rtpengine, relay: "rtpengine" },
    { ...secure, system: names.native, relay: "native", target: atMost(0.6) },
    { ...secure, system: names.portable, relay: "portable", target: atMost(2.2) },
    { ...secure, system: names.rtpengine, relay: "rtpengine" },
    { ...full, system: names.native, relay: "native", target: atMost(0.6) },
    { ...full, system: names.rtpengine, relay: "rtpengine" },
    ...(["native", "portable"] as const).flatMap(growing),
  ];
  return rows.filter(({ relay }) => relay !== "rtpengine" || hasRtpengine);
}

/** As many packets of more streams. */
function growing(relay: "native" | "portable"): readonly Row[] {
  const work = `packet, CPU as streams become more, ${relay} engine`;
  const row = { work, secure: true, relay, peer: "50 streams", perSlot: 50 } as const;
  return [
    { ...row, system: "50 streams", streams: 50 },
    { ...row, system: "1,000 streams, as many packets", streams: 1_000, target: atMost(1.1) },
  ];
}

export const relay: Bench = {
  name: "relay",
  peers: ["rtpengine"],
  async run(plan, has) {
    const heard = new Map<Row, Heard[]>();
    const rows = rowsFor(plan.quick, has("rtpengine"));
    const contenders = rows.map((row): Contender => {
      const turn = async (): Promise<number> => {
        const result = await measure(plan, row);
        heard.set(row, [...(heard.get(row) ?? []), result.heard]);
        return result.microseconds;
      };
      return { system: `${row.work}: ${row.system}`, turn };
    });
    const figures = [...(await alternate(plan, contenders, "µs")).values()];
    return rows.map((row, place): Figure => {
      const { work, system, peer, target, streams, perSlot } = row;
      const note = `${streams} streams, ${2 * perSlot * 50} packets/s, ${noteOf(heard.get(row) ?? [])}`;
      return { work, system, unit: "µs", rounds: figures[place] ?? [], peer, target, note };
    });
  },
};

async function measure(plan: Plan, row: Row): Promise<{ readonly microseconds: number; readonly heard: Heard }> {
  const secret = row.secure ? key : undefined;
  const slots = WARM_UP_SLOTS + (plan.quick ? 100 : 200);
  const voices = await Voices.open({ ...row, slots, warmUpSlots: WARM_UP_SLOTS, key: secret });
  try {
    const subject = await start(row.relay, { streams: row.streams, key: secret, ...voices.places });
    const cpu = { begin: 0, end: 0 };
    const heard = await voices.talk(subject.ports, (mark) => {
      cpu[mark] = cpuOf(subject.pid);
    });
    await subject.stop();
    return { microseconds: ((cpu.end - cpu.begin) / heard.measured) * 1_000, heard };
  } finally {
    voices.close();
  }
}

/** Losses of all rounds; delays of the median round, of which the generator's own share is the same for all systems. */
function noteOf(rounds: readonly Heard[]): string {
  const lost = rounds.reduce((sum, { sent, received }) => sum + sent - received, 0);
  const middle = rounds.toSorted((one, other) => one.p99 - other.p99)[Math.floor(rounds.length / 2)];
  return `${lost} lost, delay p50 ${middle?.p50} µs, p99 ${middle?.p99} µs`;
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
