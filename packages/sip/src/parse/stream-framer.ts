/**
 * Cuts a TCP or TLS octet stream into messages (RFC 3261 §18.3, §7.5) and keep-alives (RFC 5626 §3.5.1).
 *
 * What is not certain ends the stream: once the place where a message ends is in doubt, the next octets could be a
 * message that only one of two readers sees. The result does not depend on how the octets were chunked.
 */
import { streamedLength } from "./content-length.ts";
import type { FailureCode } from "./failure.ts";
import { findHeadEnd, readHead } from "./head.ts";
import { limits as defaultLimits, type Limits } from "./limits.ts";
import { isOctet, TOKEN } from "./octets.ts";

export type Framed =
  /** One whole message, in octets of its own. */
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** The second CRLF in a row: the peer asks for a CRLF. */
  | { readonly kind: "ping" }
  /** A CRLF between messages; reported at once, since the next octet may never come, so a ping is "pong", "ping". */
  | { readonly kind: "pong" }
  /** The stream cannot be read any further; `bytes` is the head so far: answer 400, then close. */
  | { readonly kind: "broken"; readonly code: FailureCode; readonly bytes: Uint8Array };

const CR = 0x0d;
const LF = 0x0a;
const FIRST_CAPACITY = 4096;
const nothing: Buffer = Buffer.alloc(0);
const ping: Framed = { kind: "ping" };
const pong: Framed = { kind: "pong" };

export class StreamFramer {
  readonly #limits: Limits;
  #store: Buffer = nothing;
  /** False while the store is the chunk that was given last. */
  #owned = false;
  #start = 0;
  #end = 0;
  /** Up to here no empty line was found; keeps single-octet chunks from costing a scan each. */
  #scanned = 0;
  /** Octets of the current message, once its head is complete. */
  #whole: number | undefined;
  #afterLineEnd = false;
  #broken = false;

  constructor(limits: Limits = defaultLimits) {
    this.#limits = limits;
  }

  /** Octets held back until more come. Never above the message limit. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /** A message has begun and is not complete. Keep-alives do not count, half a line end does. */
  get midMessage(): boolean {
    return this.buffered > 0;
  }

  /** All that is in the chunk. After "broken" nothing more comes out. */
  push(chunk: Uint8Array): readonly Framed[] {
    this.give(chunk);
    const out: Framed[] = [];
    for (let framed = this.take(); framed !== undefined; framed = this.take()) out.push(framed);
    return out;
  }

  /** The chunk is the framer's until `take` has nothing more. */
  give(chunk: Uint8Array): void {
    if (!this.#broken) this.#append(chunk);
  }

  /** The next of what was given: whoever has no time for more leaves the rest uncut. */
  take(): Framed | undefined {
    const framed = this.#next();
    if (framed?.kind === "broken") {
      this.#broken = true;
      this.#release();
    } else if (framed === undefined && this.#start === this.#end) this.#release();
    else if (framed === undefined) this.#own(0);
    return framed;
  }

  #next(): Framed | undefined {
    if (this.#start === this.#end) return undefined;
    if (this.#whole === undefined) {
      const first = this.#store[this.#start] ?? 0;
      if (first === CR) return this.#lineEnd();
      if (!isOctet(first, TOKEN)) return this.#break("not-sip", this.#start + 1);
      const failure = this.#measure();
      if (failure !== undefined) return failure;
    }
    if (this.#whole === undefined || this.#end - this.#start < this.#whole) return undefined;
    const bytes = this.#copy(this.#start + this.#whole);
    this.#start += this.#whole;
    this.#scanned = this.#start;
    this.#whole = undefined;
    this.#afterLineEnd = false;
    return { kind: "message", bytes };
  }

  #lineEnd(): Framed | undefined {
    if (this.#end - this.#start < 2) return undefined;
    if (this.#store[this.#start + 1] !== LF) return this.#break("bare-line-end", this.#start + 2);
    this.#start += 2;
    this.#scanned = this.#start;
    this.#afterLineEnd = !this.#afterLineEnd;
    return this.#afterLineEnd ? pong : ping;
  }

  /** Finds the end of the head and, from its Content-Length, of the message. */
  #measure(): Framed | undefined {
    const filled = this.#store.subarray(0, this.#end);
    const headEnd = findHeadEnd(filled, Math.max(this.#start, this.#scanned - 3));
    this.#scanned = this.#end;
    const headMax = this.#start + this.#limits.head;
    if (headEnd > headMax || (headEnd < 0 && this.#end >= headMax)) return this.#break("head-too-large", headMax);
    if (headEnd < 0) return undefined;
    const head = readHead(filled, this.#start);
    const length = head.failure ?? streamedLength(head);
    if (typeof length === "string") return this.#break(length, headEnd);
    const whole = headEnd - this.#start + length;
    if (whole > this.#limits.message) return this.#break("message-too-large", headEnd);
    this.#whole = whole;
    return undefined;
  }

  #break(code: FailureCode, end: number): Framed {
    return { kind: "broken", code, bytes: this.#copy(Math.min(end, this.#end)) };
  }

  #copy(end: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#store, this.#start, end);
  }

  /** Whole messages mostly arrive in one chunk, so an empty framer reads the caller's octets where they are. */
  #append(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#release();
      this.#store = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#end = chunk.length;
      return;
    }
    this.#own(chunk.length);
    this.#store.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * Moves what is held into a store of our own with room for `more`: the caller may reuse its chunk. Room grows by
   * doubling, so each octet is copied a constant number of times.
   */
  #own(more: number): void {
    if (this.#owned && this.#end + more <= this.#store.length) return;
    const held = this.#end - this.#start;
    const fits = this.#owned && 2 * (held + more) <= this.#store.length;
    const store = fits ? this.#store : Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, 2 * (held + more)));
    this.#store.copy(store, 0, this.#start, this.#end);
    this.#store = store;
    this.#owned = true;
    this.#scanned -= this.#start;
    this.#start = 0;
    this.#end = held;
  }

  /** An idle connection holds no buffer. */
  #release(): void {
    this.#store = nothing;
    this.#owned = false;
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
    this.#whole = undefined;
  }
}
