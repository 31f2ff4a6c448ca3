/**
 * Key presses for a peer, written as events (RFC 4733) over the sound that flows to it: while a key is down, each packet of
 * sound leaves as a packet of the event, under its own sequence number and SSRC. So numbers stay whole, no packet is
 * added, and SRTP never sees an index twice. Where no sound flows the press waits, and is given up after some seconds.
 */
import { word } from "../rtcp/rtcp-parts.ts";
import type { KeyPresses } from "./engine.ts";

interface Press {
  readonly event: number;
  readonly durationMs: number;
  readonly givenUpAt: number;
}

const mostWaiting = 32;
const patienceMs = 5_000;
/** RFC 4733 §2.5.1.4: the end is said three times. */
const ends = 3;
/** Sound between two presses, so that they are heard as two. */
const pauseMs = 50;
/** -10 dBm0, as telephones send. */
const volume = 10;
const endBit = 0x80;
const header = 12;
const eventPacket = 16;
/** 20 ms at 8 kHz, until the sound has shown its own. */
const usualStep = 160;

export class PressWriter {
  readonly #presses: KeyPresses;
  readonly #waiting: Press[] = [];
  #event = 0;
  /** In units of the clock; 0: no key is down. */
  #duration = 0;
  #start = 0;
  #ends = 0;
  #begun = false;
  /** The sound's last timestamp and the step between two. */
  #timestamp = 0;
  #step = usualStep;
  #ssrc = -1;
  /** Timestamp at which the next press may begin; undefined: at once. */
  #freeAt: number | undefined;

  constructor(presses: KeyPresses) {
    this.#presses = presses;
  }

  is(presses: KeyPresses | undefined): boolean {
    return presses?.type === this.#presses.type && presses.clockRate === this.#presses.clockRate;
  }

  press(event: number, durationMs: number, now: number): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push({ event, durationMs, givenUpAt: now + patienceMs });
  }

  /** A packet in clear on its way to the peer: rewritten in place when a key is down. The length to send. */
  write(packet: Uint8Array, length: number, now: number): number {
    const type = (packet[1] as number) & 0x7f;
    const timestamp = word(packet, 4);
    const step = (timestamp - this.#timestamp) | 0;
    if (word(packet, 8) !== this.#ssrc) this.#turnTo(word(packet, 8));
    else if (step > 0 && step < this.#presses.clockRate) this.#step = step;
    this.#timestamp = timestamp;
    // A packet too small to hold an event goes as it is, and so does an event of the other side's own.
    if (length < eventPacket || type === this.#presses.type) return length;
    if (this.#duration === 0 && !this.#next(timestamp, now)) return length;
    return this.#replace(packet, timestamp);
  }

  /** Another stream counts its own time: a press that was begun ends with the old one. */
  #turnTo(ssrc: number): void {
    this.#ssrc = ssrc;
    this.#duration = 0;
    this.#step = usualStep;
    this.#freeAt = undefined;
  }

  #next(timestamp: number, now: number): boolean {
    while ((this.#waiting[0]?.givenUpAt ?? Number.POSITIVE_INFINITY) < now) this.#waiting.shift();
    if (this.#waiting.length === 0) return false;
    if (this.#freeAt !== undefined && ((timestamp - this.#freeAt) | 0) < 0) return false;
    const press = this.#waiting.shift() as Press;
    this.#event = press.event;
    this.#duration = Math.max(1, Math.min(0xffff, Math.round((press.durationMs * this.#presses.clockRate) / 1000)));
    this.#start = timestamp;
    this.#ends = 0;
    this.#begun = false;
    return true;
  }

  #replace(packet: Uint8Array, timestamp: number): number {
    const passed = ((timestamp - this.#start) | 0) + this.#step;
    const over = passed >= this.#duration || passed < 0 || this.#ends > 0;
    const duration = over ? this.#duration : passed;
    packet[0] = 0x80;
    packet[1] = (this.#begun ? 0 : 0x80) | this.#presses.type;
    packet[4] = this.#start >>> 24;
    packet[5] = (this.#start >>> 16) & 0xff;
    packet[6] = (this.#start >>> 8) & 0xff;
    packet[7] = this.#start & 0xff;
    packet[header] = this.#event;
    packet[header + 1] = over ? endBit | volume : volume;
    packet[header + 2] = duration >> 8;
    packet[header + 3] = duration & 0xff;
    this.#begun = true;
    if (over && ++this.#ends === ends) this.#finish(timestamp);
    return eventPacket;
  }

  #finish(timestamp: number): void {
    this.#duration = 0;
    this.#freeAt = (timestamp + this.#step + (pauseMs * this.#presses.clockRate) / 1000) >>> 0;
  }
}
