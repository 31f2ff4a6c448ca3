/**
 * Threat L2 at full size: packets that do not authenticate, at one port of one call while all of them speak; by a stranger, and then by somebody who
 * sends with the phone's own source, so that each of them is worth a verification.
 */
import { sleep } from "../bench.ts";
import { cpuOf } from "../cpu.ts";
import { SoakVoices } from "../load/soak-voices.ts";
import type { Nuisance, PortRange } from "../load/stranger.ts";
import { Stranger } from "../load/stranger.ts";
import { metric } from "../metrics.ts";
import { SiegeCalls } from "./calls.ts";
import { hosts, type Namespaces, placedIn, site } from "./network.ts";
import { type Relay, startRelay } from "./relay.ts";

export interface FloodOrder {
  readonly relay: "native" | "js";
  readonly calls: number;
  readonly ports: PortRange;
  readonly packetsPerSecond: number;
  /** Of each phase. */
  readonly seconds: number;
}

export interface FloodPhase {
  readonly phase: string;
  readonly flooded: number;
  /** Of these, what the relay says it refused. */
  readonly dropped: number;
  /** Of all calls; and of the one that is flooded. */
  readonly packets: number;
  readonly lost: number;
  readonly jitterUs: number;
  readonly p99Us: number;
  readonly ofOne: { readonly packets: number; readonly lost: number; readonly jitterUs: number };
  readonly twoWay: number;
  /** What reached a far leg and its other side did not send; numbers that came again. */
  readonly injected: number;
  readonly repeated: number;
  /** What came back. */
  readonly caught: number;
  /** Lines of the log about packets that are not the call's. */
  readonly reported: number;
  /** Of the relay: ms of processor time a second. */
  readonly cpu: number;
}

/** RTP and SRTP alternate: this one has SRTP, and is not behind a NAT. */
const flooded = 1;

const plan: readonly (readonly [string, "stranger" | "phone" | "nobody", readonly Nuisance[]])[] = [
  ["nothing", "nobody", []],
  ["a wrong tag, from a stranger", "stranger", ["forged"]],
  ["a wrong tag, with the phone's source", "phone", ["forged"]],
  ["cut, replayed, another SSRC, from a stranger", "stranger", ["cut", "replayed", "other"]],
  ["cut, replayed, another SSRC, with the phone's source", "phone", ["cut", "replayed", "other"]],
  ["nothing again", "nobody", []],
];

export async function flood(
  order: FloodOrder,
  { relay, parties, stranger }: Namespaces,
): Promise<readonly FloodPhase[]> {
  const besieged = await startRelay(order.relay, order.ports, relay);
  const placed = placedIn(parties);
  const voices = await SoakVoices.open(order.calls, { phone: hosts.phone, pbx: hosts.pbx, placed });
  const start = () => Stranger.start(hosts.relayOutside, hosts.neighbour, placedIn(stranger));
  const floods = { stranger: await start(), phone: await start() };
  floods.phone.pose(voices.phone);
  try {
    const calls = new SiegeCalls(besieged.calls, voices, order.calls);
    await calls.setUp();
    const { key } = calls.ofPhone(flooded);
    if (key === undefined) throw new Error("that call has no SRTP");
    for (const flood of [floods.stranger, floods.phone]) flood.eavesdrop(flooded, key);
    // Sources are locked, and the packets that were recorded have been heard.
    while ((await voices.heard()).received < order.calls * 200) await sleep(100);
    const phases: FloodPhase[] = [];
    for (const [phase, by, kinds] of plan) {
      const one = { order, besieged, voices, port: calls.ofPhone(flooded).port };
      phases.push(await measured(phase, one, by === "nobody" ? undefined : floods[by], kinds));
    }
    await calls.hangUp();
    return phases;
  } finally {
    for (const one of [floods.stranger, floods.phone, voices]) one.close();
    await besieged.stop();
  }
}

interface Field {
  readonly order: FloodOrder;
  readonly besieged: Relay;
  readonly voices: SoakVoices;
  readonly port: number;
}

async function measured(
  phase: string,
  field: Field,
  by: Stranger | undefined,
  kinds: readonly Nuisance[],
): Promise<FloodPhase> {
  const { order, voices, besieged, port } = field;
  const before = await look(field, by);
  voices.countAnew();
  by?.spray({ first: port, last: port }, order.packetsPerSecond, ...kinds);
  await sleep(order.seconds * 1_000);
  by?.rest();
  const cpu = cpuOf(besieged.pid);
  const [heard, ofOne] = [await voices.heard(), await voices.heardOf(flooded)];
  const after = await counted(field, by, before.dropped);
  return {
    phase,
    flooded: after.sent - before.sent,
    dropped: after.dropped - before.dropped,
    packets: heard.received - before.packets,
    lost: heard.lost,
    jitterUs: heard.jitterUs,
    p99Us: heard.p99,
    ofOne: { packets: ofOne.received, lost: ofOne.lost, jitterUs: ofOne.jitterUs },
    twoWay: heard.twoWay,
    injected: heard.foreign - before.foreign,
    repeated: heard.repeated,
    caught: after.caught - before.caught,
    reported: besieged.lines("rtp.foreign_source") - before.reported,
    cpu: Math.round((cpu - before.cpu) / order.seconds),
  };
}

/** Counts and lines leave the engine a few times a second: until the flood is among them, and nothing more comes. */
async function counted(field: Field, by: Stranger | undefined, before: number) {
  for (let last = await look(field, by); ; ) {
    await sleep(700);
    const now = await look(field, by);
    if (now.dropped === last.dropped && (by === undefined || now.dropped > before)) return now;
    last = now;
  }
}

async function look({ voices, besieged }: Field, by: Stranger | undefined) {
  const { received, foreign } = await voices.heard();
  const { sent, received: caught } = (await by?.count()) ?? { sent: 0, received: 0 };
  const dropped = await metric("ringfence_media_dropped_total", site);
  return {
    packets: received,
    foreign,
    sent,
    caught,
    dropped,
    reported: besieged.lines("rtp.foreign_source"),
    cpu: cpuOf(besieged.pid),
  };
}
