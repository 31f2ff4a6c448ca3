/**
 * Counts what one peer's RTP stream loses, repeats and delays: RFC 3550 §A.1, §A.3, §A.8.
 *
 * HOT PATH: numbers only, nothing allocated per packet. It sees packets that were accepted (authenticated, from the
 * source), in clear. Arrival is in milliseconds of the engine's clock. Cost: test/bench/detail/meter.ts.
 */

import { half, word } from "../rtcp/rtcp-parts.ts";
import { rtpHeaderLength } from "./classify.ts";
import { isQuiet } from "./g711-level.ts";
import type { PayloadFormat } from "./stream-report.ts";

/** RFC 3550 §A.1: a jump ahead of more is a restart; so is a step back of more than the second. */
const maxDropout = 3000;
const maxMisorder = 100;
/** Sequence numbers remembered, to tell a late packet from one that came twice. */
const remembered = 32;
/** A timestamp that is further off is a clock that was set anew, and no delay. */
const longestDelayMs = 5_000;
/** One G.711 packet in so many has its level looked at. */
const sampleEvery = 32;

const none: PayloadFormat = { type: -1, clockRate: 0, role: "media" };

export class RtpMeter {
  /** SSRC of the last packet; -1 before the first. */
  ssrc = -1;
  received = 0;
  duplicate = 0;
  reordered = 0;
  restarts = 0;
  comfortNoise = 0;
  gapMs = 0;
  sampled = 0;
  quiet = 0;
  #formats: readonly PayloadFormat[] = [];
  #format = none;
  #type = -1;
  /** Of the run of sequence numbers that goes on: its first, its highest with the wraps before it, and which of the last 32 came. */
  #first = 0;
  #highest = 0;
  #seen = 0;
  /** Where a run would go on that begins anew: two packets in order make it one. -1: none. */
  #elsewhere = -1;
  /** Expected in the runs before this one, and reported already. */
  #expectedBefore = 0;
  #expectedReported = 0;
  /** In milliseconds. */
  #jitter = 0;
  #timestamp = 0;
  #at = 0;
  #timed = false;
  #countdown = 1;

  configure(formats: readonly PayloadFormat[]): void {
    this.#formats = formats;
    this.#turnTo(this.#type);
    // A change of codec may change the clock: the next two packets begin the jitter again.
    this.#timed = false;
  }

  get jitterMs(): number {
    return this.#jitter;
  }

  get payloadType(): number {
    return this.#type;
  }

  /** Clock rate of the last packet's payload type in Hz, 0 when it is not known. */
  get clockRate(): number {
    return this.#format.clockRate;
  }

  /** After a report: what is counted from one to the next begins at zero. */
  clear(): void {
    this.received = 0;
    this.duplicate = 0;
    this.reordered = 0;
    this.restarts = 0;
    this.comfortNoise = 0;
    this.gapMs = 0;
    this.sampled = 0;
    this.quiet = 0;
  }

  /** Sequence numbers that should have come since the last call of this. */
  takeExpected(): number {
    const all = this.#expectedBefore + (this.ssrc < 0 ? 0 : this.#highest - this.#first + 1);
    const since = all - this.#expectedReported;
    this.#expectedReported = all;
    return since;
  }

  packet(packet: Uint8Array, length: number, now: number): void {
    const type = (packet[1] as number) & 0x7f;
    if (type !== this.#type) this.#turnTo(type);
    const ssrc = word(packet, 8);
    if (ssrc !== this.ssrc) this.#begin(ssrc, half(packet, 2));
    else if (!this.#inSequence(half(packet, 2))) return;
    this.#time(word(packet, 4), now);
    const { role } = this.#format;
    if (role === "noise") this.comfortNoise++;
    else if (role === "pcmu" || role === "pcma") this.#sample(packet, length);
  }

  #turnTo(type: number): void {
    let found = none;
    for (const format of this.#formats) if (format.type === type) found = format;
    if (found.clockRate !== this.#format.clockRate) this.#timed = false;
    this.#format = found;
    this.#type = type;
  }

  #begin(ssrc: number, sequence: number): void {
    if (this.ssrc >= 0) {
      this.#expectedBefore += this.#highest - this.#first + 1;
      this.restarts++;
    }
    this.ssrc = ssrc;
    this.#first = sequence;
    this.#highest = sequence;
    this.#seen = 1;
    this.#elsewhere = -1;
    this.#timed = false;
    this.received++;
  }

  /** False: it does not belong to the run, or came twice. */
  #inSequence(sequence: number): boolean {
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead !== 0 && ahead < maxDropout) {
      this.#highest += ahead;
      this.#seen = ahead < remembered ? (this.#seen << ahead) | 1 : 1;
    } else if (ahead !== 0 && ahead <= 0x1_0000 - maxMisorder) {
      return this.#outOfRange(sequence);
    } else if (!this.#late((0x1_0000 - ahead) & 0xffff)) {
      this.duplicate++;
      return false;
    }
    this.#elsewhere = -1;
    this.received++;
    return true;
  }

  /** Whether one that is so far behind the highest comes for the first time. */
  #late(behind: number): boolean {
    const bit = behind < remembered ? 1 << behind : 0;
    if (behind === 0 || (this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    this.reordered++;
    return true;
  }

  #outOfRange(sequence: number): boolean {
    if (sequence !== this.#elsewhere) {
      this.#elsewhere = (sequence + 1) & 0xffff;
      return false;
    }
    this.#begin(this.ssrc, sequence);
    return true;
  }

  /** Timestamps of events stand still and those of comfort noise come when they like: neither says anything of delay. */
  #time(timestamp: number, now: number): void {
    const { role, clockRate } = this.#format;
    if (role === "events" || role === "noise") return;
    const since = now - this.#at;
    if (this.#timed) {
      if (since > this.gapMs) this.gapMs = since;
      const delay = Math.abs(since - (((timestamp - this.#timestamp) | 0) * 1000) / clockRate);
      if (delay < longestDelayMs) this.#jitter += (delay - this.#jitter) / 16;
    }
    this.#at = now;
    this.#timestamp = timestamp;
    this.#timed = clockRate > 0;
  }

  #sample(packet: Uint8Array, length: number): void {
    if (--this.#countdown > 0) return;
    this.#countdown = sampleEvery;
    this.sampled++;
    if (isQuiet(packet, rtpHeaderLength(packet, length), length, this.#format.role === "pcma")) this.quiet++;
  }
}
