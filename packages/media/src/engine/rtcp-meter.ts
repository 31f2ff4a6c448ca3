/**
 * Reads the RTCP that one peer sends, for what it says of the stream it hears, and measures the way to it and back:
 * its report names the sender report that we handed on to it (RFC 3550 §6.4.1), and for how long it kept that.
 *
 * HOT PATH: numbers only. Call it with compound packets in clear that `rtcpCompoundFits`.
 */
import { blockLength, partEnd, rtcpType, word } from "../rtcp/rtcp-parts.ts";
import type { RemoteView, VoipMetrics } from "./stream-report.ts";

/** Sender reports handed on that the peer may still name: one comes in five seconds or so. */
const kept = 4;
const reportBlock = 24;
/** Nobody waits so long for an answer: the peer's clock or ours is wrong. */
const longestRoundTripMs = 10_000;
const unavailable = 127;

export class RtcpMeter {
  #heard = false;
  #fractionLost = 0;
  /** In units of the stream's timestamps. */
  #jitter = 0;
  #roundTripMs = -1;
  #voip: VoipMetrics | undefined;
  readonly #sentReports = new Float64Array(kept);
  readonly #sentAt = new Float64Array(kept);
  #next = 0;

  /** A compound packet of the other side is on its way to this peer. */
  sent(packet: Uint8Array, length: number, now: number): void {
    if (packet[1] !== rtcpType.senderReport || length < 28) return;
    // The middle 32 bits of its NTP timestamp are what the answer will name it by.
    this.#sentReports[this.#next] = word(packet, 10);
    this.#sentAt[this.#next] = now;
    this.#next = (this.#next + 1) % kept;
  }

  /** This peer's own compound packet. `ssrc`: of the stream that we send it; -1 while there is none. */
  received(packet: Uint8Array, length: number, ssrc: number, now: number): void {
    for (let at = 0; at < length; ) {
      const end = partEnd(packet, at);
      const type = packet[at + 1] as number;
      if (type === rtcpType.senderReport) this.#blocks(packet, at, at + 28, end, ssrc, now);
      else if (type === rtcpType.receiverReport) this.#blocks(packet, at, at + 8, end, ssrc, now);
      else if (type === rtcpType.extendedReport) this.#extended(packet, at + 8, end, ssrc);
      at = end;
    }
  }

  /** What was heard since the last call of this. `clockRate`: of the stream that we send, in Hz. */
  takeRemote(clockRate: number): RemoteView | undefined {
    if (!this.#heard) return undefined;
    this.#heard = false;
    return {
      fractionLost: this.#fractionLost,
      jitterMs: clockRate > 0 ? (this.#jitter * 1000) / clockRate : 0,
      roundTripMs: this.#roundTripMs < 0 ? undefined : this.#roundTripMs,
    };
  }

  takeVoip(): VoipMetrics | undefined {
    const voip = this.#voip;
    this.#voip = undefined;
    return voip;
  }

  #blocks(packet: Uint8Array, part: number, from: number, end: number, ssrc: number, now: number): void {
    const count = (packet[part] as number) & 0x1f;
    for (let at = from, n = 0; n < count && at + reportBlock <= end; at += reportBlock, n++) {
      if (word(packet, at) === ssrc) this.#block(packet, at, now);
    }
  }

  #block(packet: Uint8Array, at: number, now: number): void {
    this.#heard = true;
    this.#fractionLost = (packet[at + 4] as number) / 256;
    this.#jitter = word(packet, at + 12);
    const report = word(packet, at + 16);
    if (report === 0) return;
    const index = this.#sentReports.indexOf(report);
    if (index < 0) return;
    const roundTrip = now - (this.#sentAt[index] as number) - (word(packet, at + 20) * 1000) / 0x1_0000;
    // Clocks that tick differently can make a short way look negative.
    if (roundTrip < longestRoundTripMs) this.#roundTripMs = Math.max(0, roundTrip);
  }

  /** RFC 3611 §4.7. Comes once in some seconds, so that the one object it makes costs nothing. */
  #extended(packet: Uint8Array, from: number, end: number, ssrc: number): void {
    for (let at = from; at + 4 <= end; ) {
      const next = at + blockLength(packet, at);
      if (packet[at] === 7 && next === at + 36 && next <= end && word(packet, at + 4) === ssrc) {
        this.#voip = voipMetrics(packet, at);
      }
      at = next;
    }
  }
}

function voipMetrics(packet: Uint8Array, at: number): VoipMetrics {
  const octet = (offset: number): number => packet[at + offset] as number;
  const half = (offset: number): number => (octet(offset) << 8) | octet(offset + 1);
  const known = (offset: number, scale: number): number | undefined =>
    octet(offset) === unavailable ? undefined : octet(offset) / scale;
  return {
    lossRate: octet(8) / 256,
    discardRate: octet(9) / 256,
    roundTripMs: half(16),
    endSystemDelayMs: half(18),
    rFactor: known(24, 1),
    mosListening: known(26, 10),
    mosConversational: known(27, 10),
    jitterBufferMs: half(30),
  };
}
