/**
 * Key presses that a peer sends as events (RFC 4733) and that the other leg cannot take as such: read here, said once each.
 * A press is named by its timestamp. Its three last packets may be lost, or its first: what is there of it counts.
 *
 * HOT PATH as far as `isPress`; presses themselves are as rare as fingers.
 */

import { half, word } from "../rtcp/rtcp-parts.ts";
import { rtpHeaderLength } from "./classify.ts";
import type { KeyPresses } from "./engine.ts";

/** Digits, star, pound and A to D (RFC 4733 §3.2); a hook flash or a fax tone is no key. */
const lastKey = 15;
const endBit = 0x80;
/** Events come every 20 to 50 ms; after so long without one the end was lost. */
const lostAfterMs = 250;
/** Nobody types faster, and each becomes a request in the other dialog. */
const mostASecond = 16;
/** What an event of the engine can say. */
const longestMs = 0xffff_ffff;

export class PressReader {
  readonly #presses: KeyPresses;
  readonly #onPress: (event: number, durationMs: number) => void;
  #ssrc = -1;
  #timestamp = 0;
  #event = 0;
  #duration = 0;
  /** Of segments that went before: an event longer than its field counts goes on under another timestamp (§2.5.1.3). */
  #before = 0;
  #open = false;
  #lastAt = 0;
  #second = Number.NEGATIVE_INFINITY;
  #saidThisSecond = 0;

  constructor(presses: KeyPresses, onPress: (event: number, durationMs: number) => void) {
    this.#presses = presses;
    this.#onPress = onPress;
  }

  is(presses: KeyPresses | undefined): boolean {
    return presses?.type === this.#presses.type && presses.clockRate === this.#presses.clockRate && presses.collect;
  }

  /** Whether this packet in clear is an event. It was read then, and is not for the other leg. */
  isPress(packet: Uint8Array, length: number, now: number): boolean {
    if (((packet[1] as number) & 0x7f) === this.#presses.type) {
      this.#read(packet, length, now);
      return true;
    }
    if (this.#open) this.settle(now);
    return false;
  }

  /** Called now and then: a press whose end was lost ends by itself. */
  settle(now: number): void {
    if (this.#open && now - this.#lastAt >= lostAfterMs) this.#close(now);
  }

  #read(packet: Uint8Array, length: number, now: number): void {
    const at = rtpHeaderLength(packet, length);
    if (length < at + 4 || (packet[at] as number) > lastKey) return;
    const [ssrc, timestamp, event] = [word(packet, 8), word(packet, 4), packet[at] as number];
    if (ssrc !== this.#ssrc || timestamp !== this.#timestamp) {
      const later = (timestamp - this.#timestamp) | 0;
      // The end of the press before, which came late: that one was said.
      if (ssrc === this.#ssrc && later < 0) return;
      this.#begin(ssrc, timestamp, event, later, now);
    }
    if (!this.#open) return;
    this.#duration = Math.max(this.#duration, half(packet, at + 2));
    this.#lastAt = now;
    if (((packet[at + 1] as number) & endBit) !== 0) this.#close(now);
  }

  #begin(ssrc: number, timestamp: number, event: number, later: number, now: number): void {
    const goesOn = this.#open && ssrc === this.#ssrc && event === this.#event && later === 0xffff;
    if (goesOn) this.#before += later;
    else {
      if (this.#open) this.#close(now);
      this.#before = 0;
    }
    this.#ssrc = ssrc;
    this.#timestamp = timestamp;
    this.#event = event;
    this.#duration = 0;
    this.#open = true;
  }

  #close(now: number): void {
    this.#open = false;
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#saidThisSecond = 0;
    }
    if (++this.#saidThisSecond > mostASecond) return;
    const durationMs = Math.round(((this.#before + this.#duration) * 1000) / this.#presses.clockRate);
    this.#onPress(this.#event, Math.min(durationMs, longestMs));
  }
}
