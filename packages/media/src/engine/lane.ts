/**
 * One media socket: from a received datagram to the datagram that leaves by the other leg.
 *
 * HOT PATH: preallocated buffers, numbers for results, nothing allocated per packet. Benchmark: test/bench/relay.ts.
 *
 * The order is security (threat L2): shape, then source (`peek`, no state), then authentication and replay window, and
 * only a packet that passed those may teach an address, be counted as media or be relayed.
 */
import type { Protector, Unprotector } from "@ringfence/node-srtp";
import type { RtcpRules } from "../rtcp/rtcp-filter.ts";
import type { Bundle } from "./bundle.ts";
import {
  classifyRtcp,
  classifyRtp,
  isMuxedRtcp,
  maxPacket,
  rtcpCompoundFits,
  rtpPaddingFits,
  ssrcAt,
  wellFormed,
} from "./classify.ts";
import { ControlGate, maxControl } from "./control-gate.ts";
import { crossing } from "./crossing.ts";
import { drop, dropReasons } from "./drop-reason.ts";
import type { Component } from "./engine.ts";
import { verdict } from "./latch.ts";
import type { LegMeter } from "./leg-meter.ts";
import { Peer } from "./peer.ts";
import type { PressReader } from "./press-reader.ts";
import type { PressWriter } from "./press-writer.ts";
import type { Outlet, SendBuffer } from "./send-buffer.ts";
import { srtpDrop } from "./srtp-drop.ts";
import { noSuspects } from "./suspects.ts";

export type OnControl = (
  lane: Lane,
  protocol: "stun" | "dtls",
  packet: Uint8Array,
  address: string,
  port: number,
) => void;

export class Lane {
  readonly component: Component;
  readonly peer = new Peer();
  readonly drops = new Float64Array(dropReasons.length);
  /** Accepted since the last report. */
  packets = 0;
  bytes = 0;
  readonly suspects = noSuspects();
  latchedSinceReport = false;
  configured = false;
  /** False while the peer is on hold by c=0.0.0.0. */
  send = false;
  awaitsKeys = false;
  /** What comes is relayed as it is (T.38). */
  opaque = false;
  /** RTP only: RTCP comes here too. */
  mux = false;
  /** Which control packets go up. */
  stun = false;
  dtls = false;
  inbound: Unprotector | undefined;
  outbound: Protector | undefined;
  /** The lane of the other leg whose socket sends what this one accepts. */
  partner: Lane | undefined;
  /** RTP only: the RTCP lane of the same pair, which follows the address RTP was locked to. */
  rtcp: Lane | undefined;
  /** What of this peer's RTCP may cross. */
  rtcpRules: RtcpRules = { feedback: false, reducedSize: false };
  /** RTP only: key presses of this peer that do not go on, and those that are written over what it is sent. */
  reader: PressReader | undefined;
  writer: PressWriter | undefined;
  /** Shared by the lanes of a pair. */
  readonly meter: LegMeter;
  /** Whose socket, keys and peer this lane sends with: its own, or the one it is multiplexed or bundled on. */
  carrier: Lane = this;
  /** Lines that share this socket; undefined for most. */
  bundle: Bundle | undefined;
  readonly #outlet: Outlet | undefined;
  readonly #buffer: SendBuffer;
  readonly #onControl: OnControl;
  readonly #gate = new ControlGate();

  /** @param outlet undefined for a lane that is bundled on another one's */
  constructor(component: Component, meter: LegMeter, outlet: Outlet | undefined, buffer: SendBuffer, up: OnControl) {
    this.component = component;
    this.meter = meter;
    this.#outlet = outlet;
    this.#buffer = buffer;
    this.#onControl = up;
  }

  receive(packet: Buffer, address: string, port: number, now: number): void {
    const reason = this.#take(packet, address, port, now);
    if (reason !== wellFormed) this.drops[reason] = (this.drops[reason] as number) + 1;
  }

  /** wellFormed when relayed, else the drop reason. */
  #take(packet: Buffer, address: string, port: number, now: number): number {
    if (!this.configured) return drop["not-configured"];
    if (this.opaque) return this.#takeOpaque(packet, address, port, now);
    if (this.mux && isMuxedRtcp(packet, packet.length)) return this.#takeMuxed(packet, address, port, now);
    const isRtp = this.component === "rtp";
    const shape = isRtp ? classifyRtp(packet, packet.length) : classifyRtcp(packet, packet.length);
    if (shape === wellFormed)
      return isRtp ? this.#takeRtp(packet, address, port, now) : this.#takeRtcp(packet, address, port, now);
    if (shape === drop.stun) return this.#takeStun(packet, address, port, now);
    return shape === drop.dtls ? this.#takeDtls(packet, address, port, now) : shape;
  }

  #takeRtp(packet: Buffer, address: string, port: number, now: number): number {
    let length = packet.length;
    if (this.peer.peek(address, port, now) === verdict.foreign) return this.#noteForeign(address, port);
    if (this.awaitsKeys) return drop["awaiting-keys"];
    if (this.inbound !== undefined) {
      length = this.inbound.rtp(packet, length);
      if (length < 0) return this.#refused(length, address, port);
    }
    if (!rtpPaddingFits(packet, length)) return drop["bad-rtp"];
    const ssrc = ssrcAt(packet, 8);
    const taken = this.peer.accept(address, port, ssrc, packet[1] as number, now);
    if (taken === verdict.latched) this.#noteLatched(now);
    // Authenticated packets carry their own proof; plain ones wait until their source is locked.
    else if (taken === verdict.learning && this.inbound === undefined) return drop.learning;
    const owner = this.bundle?.ofMedia(packet[1] as number, ssrc) ?? this;
    return owner.#cross(packet, length, now);
  }

  #takeRtcp(packet: Buffer, address: string, port: number, now: number): number {
    if (this.peer.peek(address, port, now) === verdict.foreign) return this.#noteForeign(address, port);
    const length = this.#openReport(packet, address, port);
    if (length < 0) return -length;
    const taken = this.peer.accept(address, port, ssrcAt(packet, 4), packet[1] as number, now);
    if (taken === verdict.latched) this.#noteLatched(now);
    else if (taken === verdict.learning && this.inbound === undefined) return drop.learning;
    return this.#crossReport(packet, length, now);
  }

  /** RFC 5761: RTCP on the RTP socket. It comes from RTP's source and teaches none. */
  #takeMuxed(packet: Buffer, address: string, port: number, now: number): number {
    const shape = classifyRtcp(packet, packet.length);
    if (shape !== wellFormed) return shape;
    const seen = this.peer.peek(address, port, now);
    if (seen === verdict.foreign) return this.#noteForeign(address, port);
    const length = this.#openReport(packet, address, port);
    if (length < 0) return -length;
    if (seen === verdict.learning && this.inbound === undefined) return drop.learning;
    return this.rtcp === undefined ? drop["no-target"] : this.#crossReport(packet, length, now);
  }

  /** The length in clear, or the drop reason, negative: no RTCP is dropped for reason 0, which is not-configured. */
  #openReport(packet: Buffer, address: string, port: number): number {
    if (this.awaitsKeys) return -drop["awaiting-keys"];
    let length = packet.length;
    if (this.inbound !== undefined) {
      length = this.inbound.rtcp(packet, length);
      if (length < 0) return -this.#refused(length, address, port);
    }
    return rtcpCompoundFits(packet, length) ? length : -drop["bad-rtcp"];
  }

  #crossReport(packet: Buffer, length: number, now: number): number {
    const owner = this.bundle?.ofReport(ssrcAt(packet, 4)) ?? this;
    const lane = owner.component === "rtcp" ? owner : owner.rtcp;
    return lane === undefined ? drop["no-target"] : lane.#cross(packet, length, now);
  }

  #takeOpaque(packet: Buffer, address: string, port: number, now: number): number {
    if (packet.length === 0 || this.component === "rtcp") return drop["not-media"];
    if (packet.length > maxPacket) return drop["too-large"];
    if (this.peer.peek(address, port, now) === verdict.foreign) return this.#noteForeign(address, port);
    const taken = this.peer.accept(address, port, 0, 0, now);
    if (taken === verdict.latched) this.#noteLatched(now);
    else if (taken === verdict.learning) return drop.learning;
    if (this.partner?.opaque !== true) return drop["no-target"];
    this.packets++;
    this.bytes += packet.length;
    return this.partner.forward(packet, packet.length, now);
  }

  #takeStun(packet: Buffer, address: string, port: number, now: number): number {
    if (!this.stun || packet.length > maxControl) return drop.stun;
    if (!this.#gate.stun(address, this.peer.isSelected(address, port), now)) return drop.stun;
    this.#onControl(this, "stun", packet, address, port);
    return wellFormed;
  }

  #takeDtls(packet: Buffer, address: string, port: number, now: number): number {
    if (!this.dtls || packet.length > maxControl) return drop.dtls;
    if (this.peer.peek(address, port, now) === verdict.foreign) return this.#noteForeign(address, port);
    if (!this.#gate.dtls(now)) return drop.dtls;
    this.#onControl(this, "dtls", packet, address, port);
    return wellFormed;
  }

  /** A packet in clear that was accepted: counted, and handed to the other leg. */
  #cross(packet: Buffer, length: number, now: number): number {
    this.packets++;
    this.bytes += packet.length;
    const left = crossing(this, packet, length, now);
    return left <= 0 ? -left : (this.partner?.forward(packet, left, now) ?? drop["no-target"]);
  }

  /** Sends a packet in clear to this lane's peer, protected if the leg is. Called by the partner. */
  forward(packet: Buffer, crossed: number, now: number): number {
    // Twice, because the RTCP of a bundled line goes by the RTCP of its carrier, which may be multiplexed.
    const carrier = this.carrier.carrier;
    const port = carrier.peer.targetPort;
    const outlet = carrier.#outlet;
    if (!this.send || port === 0 || outlet === undefined) return drop["no-target"];
    if (carrier.awaitsKeys) return drop["awaiting-keys"];
    if (this.component === "rtcp") this.meter.rtcp.sent(packet, crossed, now);
    const length = this.writer?.write(packet, crossed, now) ?? crossed;
    if (carrier.outbound === undefined) {
      // The datagram's own memory, which nobody writes again: safe to be queued.
      outlet.send(packet, 0, length, port, carrier.peer.targetAddress);
      return wellFormed;
    }
    const buffer = this.#buffer.octets;
    packet.copy(buffer, 0, 0, length);
    const { outbound } = carrier;
    const sealed = this.component === "rtp" ? outbound.rtp(buffer, length) : outbound.rtcp(buffer, length);
    if (sealed < 0) return drop["protect-failed"];
    outlet.send(buffer, 0, sealed, port, carrier.peer.targetAddress);
    this.#buffer.afterSend(outlet);
    return wellFormed;
  }

  #noteForeign(address: string, port: number): number {
    return this.suspects["foreign-source"].note(address, port);
  }

  /** @param code of node-srtp: why it does not open */
  #refused(code: number, address: string, port: number): number {
    const reason = srtpDrop(code);
    return reason === drop["srtp-authentication"] ? this.suspects.unauthentic.note(address, port) : reason;
  }

  #noteLatched(now: number): void {
    this.latchedSinceReport = true;
    const { source, ssrc } = this.peer.latch;
    if (source !== undefined) this.rtcp?.peer.latch.narrow(source.address, ssrc, now);
  }
}
