/** Events in octets, as packages/media/native/events.cc writes them. */
import type { DropReason } from "./drop-reason.ts";
import type { Component, Endpoint, EngineEvent, PairActivity, PairId } from "./engine.ts";
import type { RemoteView, StreamReport, VoipMetrics } from "./stream-report.ts";

const eventKind = {
  opened: 1,
  bindFailed: 2,
  latched: 3,
  foreign: 4,
  control: 5,
  counters: 6,
  ended: 7,
  pressed: 8,
  unauthentic: 9,
} as const;

/** A payload type before the first packet. */
const noType = 0xff;

/** `ended`: the thread is over, with this detail. */
export interface ThreadNews {
  readonly events: readonly EngineEvent[];
  readonly ended: string | undefined;
}

/** @param reasons drop reasons by the places that native code has for them */
export function readEvents(octets: Buffer, reasons: readonly DropReason[]): ThreadNews {
  const reader = new EventReader(octets, reasons);
  const events: EngineEvent[] = [];
  while (!reader.done) {
    const event = reader.next();
    if (typeof event === "string") return { events, ended: event };
    events.push(event);
  }
  return { events, ended: undefined };
}

class EventReader {
  readonly #octets: Buffer;
  readonly #reasons: readonly DropReason[];
  #at = 0;

  constructor(octets: Buffer, reasons: readonly DropReason[]) {
    this.#octets = octets;
    this.#reasons = reasons;
  }

  get done(): boolean {
    return this.#at >= this.#octets.length;
  }

  /** A text: the thread ended, and this is why. */
  next(): EngineEvent | string {
    const kind = this.#u8();
    switch (kind) {
      case eventKind.opened:
        return { kind: "opened", pair: this.#pair() };
      case eventKind.bindFailed: {
        const [pair, inUse, detail] = [this.#pair(), this.#u8() === 1, this.#text()];
        return { kind: "bind-failed", pair, why: inUse ? "in-use" : "failed", detail };
      }
      case eventKind.latched:
        return { kind: "latched", pair: this.#pair(), component: this.#component(), source: this.#endpoint() };
      case eventKind.foreign:
      case eventKind.unauthentic: {
        const [pair, component, source] = [this.#pair(), this.#component(), this.#endpoint()];
        const suspicion = kind === eventKind.foreign ? "foreign-source" : "unauthentic";
        return { kind: suspicion, pair, component, source, packets: this.#count() };
      }
      case eventKind.control: {
        const [pair, component, stun, source] = [this.#pair(), this.#component(), this.#u8() === 0, this.#endpoint()];
        return { kind: "control", pair, component, protocol: stun ? "stun" : "dtls", source, packet: this.#packet() };
      }
      case eventKind.pressed:
        return { kind: "pressed", pair: this.#pair(), event: this.#u8(), durationMs: this.#u32() };
      case eventKind.counters:
        return this.#counters();
      default:
        return kind === eventKind.ended ? this.#text() : `event ${kind} is not known`;
    }
  }

  #counters(): EngineEvent {
    const pairs: PairActivity[] = [];
    for (let left = this.#u32(); left > 0; left--) {
      pairs.push({ pair: this.#pair(), packets: this.#count(), bytes: this.#count() });
    }
    const drops: Partial<Record<DropReason, number>> = {};
    for (let left = this.#u8(); left > 0; left--) {
      const reason = this.#reasons[this.#u8()] ?? "bug";
      drops[reason] = this.#count();
    }
    const streams: StreamReport[] = [];
    for (let left = this.#u32(); left > 0; left--) streams.push(this.#stream());
    return { kind: "counters", pairs, drops, ...(streams.length > 0 && { streams }) };
  }

  #stream(): StreamReport {
    // Thousands of these a second: in the order of the octets, and nothing made on the way.
    const report = {
      pair: this.#pair(),
      received: this.#count(),
      expected: this.#count(),
      duplicate: this.#count(),
      reordered: this.#count(),
      restarts: this.#count(),
      comfortNoise: this.#count(),
      sampled: this.#count(),
      quiet: this.#count(),
      jitterMs: this.#real(),
      gapMs: this.#real(),
      payloadType: this.#payloadType(),
    };
    const has = this.#u8();
    if (has === 0) return report;
    return {
      ...report,
      ...((has & 1) !== 0 && { remote: this.#remote() }),
      ...((has & 2) !== 0 && { voip: this.#voip() }),
    };
  }

  #payloadType(): number {
    const type = this.#u8();
    return type === noType ? -1 : type;
  }

  #remote(): RemoteView {
    return { fractionLost: this.#real(), jitterMs: this.#real(), roundTripMs: this.#known() };
  }

  #voip(): VoipMetrics {
    return {
      lossRate: this.#real(),
      discardRate: this.#real(),
      roundTripMs: this.#real(),
      endSystemDelayMs: this.#real(),
      rFactor: this.#known(),
      mosListening: this.#known(),
      mosConversational: this.#known(),
      jitterBufferMs: this.#real(),
    };
  }

  #component(): Component {
    return this.#u8() === 0 ? "rtp" : "rtcp";
  }

  #endpoint(): Endpoint {
    return { address: this.#text(), port: this.#u16() };
  }

  /** A copy: the batch is one buffer, and a packet may be kept. */
  #packet(): Uint8Array {
    const size = this.#u16();
    const packet = new Uint8Array(this.#octets.subarray(this.#at, this.#at + size));
    this.#at += size;
    return packet;
  }

  #text(): string {
    const size = this.#u8();
    this.#at += size;
    return this.#octets.toString("latin1", this.#at - size, this.#at);
  }

  #pair(): PairId {
    return this.#count();
  }

  /** Exact up to 2^53, which no count of packets or octets reaches between two reports. */
  #count(): number {
    this.#at += 8;
    return this.#octets.readUInt32BE(this.#at - 8) * 0x1_0000_0000 + this.#octets.readUInt32BE(this.#at - 4);
  }

  #real(): number {
    this.#at += 8;
    return this.#octets.readDoubleBE(this.#at - 8);
  }

  #known(): number | undefined {
    const value = this.#real();
    return value < 0 ? undefined : value;
  }

  #u8(): number {
    return this.#octets[this.#at++] ?? 0;
  }

  #u16(): number {
    this.#at += 2;
    return this.#octets.readUInt16BE(this.#at - 2);
  }

  #u32(): number {
    this.#at += 4;
    return this.#octets.readUInt32BE(this.#at - 4);
  }
}
