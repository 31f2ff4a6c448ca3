/** What `status` and the metrics show, and the counters behind it. */
import { type DropReason, dropReasons } from "./engine/drop-reason.ts";
import type { EngineEvent, PacketThreads } from "./engine/engine.ts";
import { type QualityStatus, qualityKinds } from "./quality/quality-desk.ts";
import { type MediaRefusal, mediaRefusals } from "./refusal.ts";

export interface MediaStatus {
  readonly calls: number;
  /** UDP ports, two a pair. */
  readonly portsInUse: number;
  readonly portsDraining: number;
  /** On the local address that has fewest left: it decides whether another call gets ports. */
  readonly portsFree: number;
  readonly packetsRelayed: number;
  readonly bytesRelayed: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly refused: Readonly<Record<MediaRefusal, number>>;
  /** Offers refused because the range was exhausted. */
  readonly refusedNoPort: number;
  /** Ports passed over because another process held them. */
  readonly bindFailures: number;
  /** Packet threads that died and were replaced. */
  readonly engineLost: number;
  /** None with rtpengine. */
  readonly threads?: PacketThreads | undefined;
  /** Instances of rtpengine; none with an engine of our own. */
  readonly instances: readonly InstanceStatus[];
  /** Requests that an instance left unanswered. */
  readonly instanceTimeouts: number;
  /** New calls that went on to another instance, because the first was silent or would not have them. */
  readonly instanceFailovers: number;
  readonly quality: QualityStatus;
}

export interface InstanceStatus {
  /** address:port */
  readonly place: string;
  /** unfit: it answers, but lacks an interface that the configuration names. */
  readonly state: "unknown" | "up" | "silent" | "unfit";
  readonly weight: number;
  /** Ours. */
  readonly calls: number;
  /** Everybody's, as it said last. */
  readonly sessions: number;
}

/** `one` is in use: ports are free where new calls go. */
export function addStatus(one: MediaStatus, other: MediaStatus): MediaStatus {
  const counters = sum<NumberOf<MediaStatus>>(one, other, [
    ...["calls", "portsInUse", "portsDraining", "packetsRelayed", "bytesRelayed", "refusedNoPort"],
    ...["bindFailures", "engineLost", "instanceTimeouts", "instanceFailovers"],
  ] as const);
  const { now, events, rtp, worst } = one.quality;
  const side = (name: keyof typeof rtp) => sum(rtp[name], other.quality.rtp[name], ["received", "lost"]);
  return {
    ...one,
    ...counters,
    dropped: sum(one.dropped, other.dropped, dropReasons),
    refused: sum(one.refused, other.refused, Object.keys(mediaRefusals) as MediaRefusal[]),
    instances: [...one.instances, ...other.instances],
    quality: {
      now: sum(now, other.quality.now, qualityKinds),
      events: sum(events, other.quality.events, qualityKinds),
      rtp: { phone: side("phone"), trunk: side("trunk"), core: side("core") },
      worst: [...worst, ...other.quality.worst].sort((a, b) => a.mos - b.mos).slice(0, 5),
    },
  };
}

/** Of what runs no more: its counters. */
export function withoutGauges(status: MediaStatus): MediaStatus {
  const { quality } = status;
  const nobody = { "one-way": 0, silent: 0, poor: 0 };
  const gauges = { calls: 0, portsInUse: 0, portsDraining: 0, portsFree: 0, instances: [] };
  return { ...status, ...gauges, quality: { ...quality, now: nobody, worst: [] } };
}

type NumberOf<T> = { [K in keyof T as T[K] extends number ? K : never]: number };

function sum<T extends { readonly [K in keyof T]: number }>(one: T, other: T, names: readonly (keyof T & string)[]): T {
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as T;
}

/** Counters since the start. They only grow. */
export class Tally {
  packets = 0;
  bytes = 0;
  bindFailures = 0;
  engineLost = 0;
  instanceTimeouts = 0;
  instanceFailovers = 0;
  readonly dropped: Record<DropReason, number> = zeros(dropReasons);
  readonly refused: Record<MediaRefusal, number> = zeros(Object.keys(mediaRefusals) as MediaRefusal[]);

  add({ pairs, drops }: Extract<EngineEvent, { kind: "counters" }>): void {
    for (const { packets, bytes } of pairs) {
      this.packets += packets;
      this.bytes += bytes;
    }
    for (const [reason, count] of Object.entries(drops)) this.dropped[reason as DropReason] += count;
  }

  /** `pairs`: port pairs as the desk counts them. */
  status(
    calls: number,
    pairs: { readonly free: number; readonly used: number; readonly draining: number },
    instances: readonly InstanceStatus[] = [],
  ): Omit<MediaStatus, "quality"> {
    return {
      calls,
      portsInUse: 2 * pairs.used,
      portsDraining: 2 * pairs.draining,
      portsFree: 2 * pairs.free,
      packetsRelayed: this.packets,
      bytesRelayed: this.bytes,
      dropped: { ...this.dropped },
      refused: { ...this.refused },
      refusedNoPort: this.refused["no-port"],
      bindFailures: this.bindFailures,
      engineLost: this.engineLost,
      instances,
      instanceTimeouts: this.instanceTimeouts,
      instanceFailovers: this.instanceFailovers,
    };
  }
}

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}
