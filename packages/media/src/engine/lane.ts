/**
 * One media socket: from a received datagram to the datagram that leaves by the other leg.
 *
 * HOT PATH. Other rules than elsewhere: classes with preallocated buffers, numbers for results, no closures, no
 * promises, nothing allocated here per packet. Benchmark: test/bench/relay.ts.
 *
 * The order is security (threat L2): shape, then source (`peek`, no state), then authentication and replay window, and
 * only a packet that passed those may teach an address, be counted as media or be relayed.
 */
import type { Protector, Unprotector } from "@ringfence/node-srtp";
import {
  classifyRtcp,
  classifyRtp,
  maxPacket,
  rtcpCompoundFits,
  rtpPaddingFits,
  ssrcAt,
  wellFormed,
} from "../classify.ts";
import { Latch, verdict } from "../latch.ts";
import { badCompound, filterRtcp, type RtcpRules } from "../rtcp/rtcp-filter.ts";
import { drop, dropReasons } from "./drop-reason.ts";
import type { Component } from "./engine.ts";
import type { LegMeter } from "./leg-meter.ts";
import { srtpDrop } from "./srtp-drop.ts";

/** What a lane sends through: a dgram socket, or a test's record of what was sent. */
export interface Outlet {
  send(packet: Uint8Array, offset: number, length: number, port: number, address: string): void;
  /** Datagrams the kernel did not take at once and that still refer to their buffer. */
  getSendQueueCount(): number;
}

const tagRoom = 2048 - maxPacket;

/** The buffer packets are encrypted in, one for a whole thread. */
export class SendBuffer {
  octets = Buffer.allocUnsafeSlow(maxPacket + tagRoom);

  /**
   * Call after each send from `octets`. A queued datagram still points into the buffer: the next packet must not be
   * written over it, or one call's media would leave to another call's peer. The queue keeps the old buffer alive.
   */
  afterSend(outlet: Outlet): void {
    if (outlet.getSendQueueCount() !== 0) this.octets = Buffer.allocUnsafeSlow(maxPacket + tagRoom);
  }
}

export class Lane {
  readonly component: Component;
  readonly latch = new Latch();
  readonly drops = new Float64Array(dropReasons.length);
  /** Accepted since the last report. */
  packets = 0;
  bytes = 0;
  /** Foreign packets since the last report, and the most recent one's source. */
  foreign = 0;
  foreignAddress = "";
  foreignPort = 0;
  latchedSinceReport = false;
  configured = false;
  /** False while the peer is on hold by c=0.0.0.0. */
  send = false;
  inbound: Unprotector | undefined;
  outbound: Protector | undefined;
  /** The lane of the other leg whose socket sends what this one accepts. */
  partner: Lane | undefined;
  /** RTP only: the RTCP lane of the same pair, which follows the address RTP was locked to. */
  rtcp: Lane | undefined;
  /** What of this peer's RTCP may cross. */
  rtcpRules: RtcpRules = { feedback: false, reducedSize: false };
  /** Shared by the lanes of a pair. */
  readonly meter: LegMeter;
  readonly #outlet: Outlet;
  readonly #buffer: SendBuffer;

  constructor(component: Component, meter: LegMeter, outlet: Outlet, buffer: SendBuffer) {
    this.component = component;
    this.meter = meter;
    this.#outlet = outlet;
    this.#buffer = buffer;
  }

  receive(packet: Buffer, address: string, port: number, now: number): void {
    const reason = this.#take(packet, address, port, now);
    if (reason !== wellFormed) this.drops[reason] = (this.drops[reason] as number) + 1;
  }

  /** wellFormed when relayed, else the drop reason. */
  #take(packet: Buffer, address: string, port: number, now: number): number {
    if (!this.configured) return drop["not-configured"];
    const isRtp = this.component === "rtp";
    let length = packet.length;
    const shape = isRtp ? classifyRtp(packet, length) : classifyRtcp(packet, length);
    if (shape !== wellFormed) return shape;
    if (this.latch.peek(address, port, now) === verdict.foreign) return this.#noteForeign(address, port);
    if (this.inbound !== undefined) {
      length = isRtp ? this.inbound.rtp(packet, length) : this.inbound.rtcp(packet, length);
      if (length < 0) return srtpDrop(length);
    }
    if (isRtp && !rtpPaddingFits(packet, length)) return drop["bad-rtp"];
    if (!isRtp && !rtcpCompoundFits(packet, length)) return drop["bad-rtcp"];
    const taken = this.latch.accept(address, port, ssrcAt(packet, isRtp ? 8 : 4), packet[1] as number);
    if (taken === verdict.latched) this.#noteLatched(now);
    // Authenticated packets carry their own proof; plain ones wait until their source is locked.
    else if (taken === verdict.learning && this.inbound === undefined) return drop.learning;
    this.packets++;
    this.bytes += packet.length;
    return this.#cross(packet, length, now);
  }

  /** A packet in clear that was accepted: counted, and handed to the other leg. */
  #cross(packet: Buffer, length: number, now: number): number {
    let crossing = length;
    if (this.component === "rtp") this.meter.rtp.packet(packet, length, now);
    else {
      this.meter.rtcp.received(packet, length, this.partner?.meter.rtp.ssrc ?? -1, now);
      crossing = filterRtcp(packet, length, this.rtcpRules);
      if (crossing <= 0) return crossing === badCompound ? drop["bad-rtcp"] : drop["rtcp-unwanted"];
    }
    return this.partner === undefined ? drop["no-target"] : this.partner.forward(packet, crossing, now);
  }

  /** Sends a packet in clear to this lane's peer, protected if the leg is. Called by the partner. */
  forward(packet: Buffer, length: number, now: number): number {
    const port = this.latch.targetPort;
    if (!this.send || port === 0) return drop["no-target"];
    if (this.component === "rtcp") this.meter.rtcp.sent(packet, length, now);
    if (this.outbound === undefined) {
      // The datagram's own memory, which nobody writes again: safe to be queued.
      this.#outlet.send(packet, 0, length, port, this.latch.targetAddress);
      return wellFormed;
    }
    const buffer = this.#buffer.octets;
    packet.copy(buffer, 0, 0, length);
    const sealed = this.component === "rtp" ? this.outbound.rtp(buffer, length) : this.outbound.rtcp(buffer, length);
    if (sealed < 0) return drop["protect-failed"];
    this.#outlet.send(buffer, 0, sealed, port, this.latch.targetAddress);
    this.#buffer.afterSend(this.#outlet);
    return wellFormed;
  }

  #noteForeign(address: string, port: number): number {
    this.foreign++;
    this.foreignAddress = address;
    this.foreignPort = port;
    return drop["foreign-source"];
  }

  #noteLatched(now: number): void {
    this.latchedSinceReport = true;
    const source = this.latch.source;
    if (source !== undefined) this.rtcp?.latch.narrow(source.address, now);
  }
}
