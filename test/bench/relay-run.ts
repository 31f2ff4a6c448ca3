/** One run of voice through one relay: what it cost, and what became of the packets. */
import { sleep } from "./bench.ts";
import { threadTimeOf } from "./cpu.ts";
import { Child } from "./load/child.ts";
import type { Ports, RelayOrder } from "./load/relay.ts";
import { type Heard, type Talk, Voices } from "./load/rtp.ts";
import { layOut, rtpengine } from "./peers/rtpengine.ts";
import type { SubjectOrder } from "./programs/relay-subject.ts";

export type Relay = SubjectOrder["by"] | "rtpengine";

/** Streams that go through a relay; a slot has 20 ms. */
export interface Load extends Pick<Talk, "streams" | "perSlot"> {
  readonly relay: Relay;
  /** SRTP on the phone's leg. */
  readonly secure: boolean;
  /** The one processor that moves packets. Only for the native engine. */
  readonly processor?: number;
}

export interface Run {
  /** CPU of one packet. */
  readonly microseconds: number;
  readonly heard: Heard;
}

const key = new Uint8Array(30).fill(1);
/** Not measured: the compiler works meanwhile. What our engine reports of each stream it has done with after some thousand of them. */
const warmUpFor = (streams: number): number => 50 + Math.round(streams / 5);

/** @param measuredSlots slots after the warm-up */
export async function runRelay(load: Load, measuredSlots: number): Promise<Run> {
  const { streams, perSlot } = load;
  const secret = load.secure ? key : undefined;
  const warmUpSlots = warmUpFor(streams);
  const voices = await Voices.open({ streams, perSlot, slots: warmUpSlots + measuredSlots, warmUpSlots, key: secret });
  try {
    const subject = await start(load, { streams, key: secret, ...voices.places });
    const cpu = { begin: 0, end: 0 };
    const heard = await voices.talk(subject.ports, (mark) => {
      cpu[mark] = threadTimeOf(subject.pid);
    });
    await subject.stop();
    return { microseconds: ((cpu.end - cpu.begin) / heard.measured) * 1_000, heard };
  } finally {
    voices.close();
  }
}

export function packetsASecond({ perSlot }: Pick<Talk, "perSlot">): number {
  return 2 * perSlot * 50;
}

/** In the relay: not what the generator, on the same machine, was too slow to hear. */
export function lostOf({ sent, received, unheard }: Heard): number {
  return sent - received - unheard;
}

interface Subject {
  readonly pid: number;
  readonly ports: readonly Ports[];
  stop(): Promise<void>;
}

async function start({ relay: by, processor }: Load, order: RelayOrder): Promise<Subject> {
  if (by !== "rtpengine") {
    const child = new Child("relay-subject.ts");
    const ports = await child.ask<SubjectOrder, readonly Ports[]>({ ...order, by, processor });
    return { pid: child.pid, ports, stop: () => child.stop() };
  }
  const system = rtpengine();
  await sleep(1_000);
  return { pid: system.pid, ports: await layOut(order), stop: () => system.stop() };
}
