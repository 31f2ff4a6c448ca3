/**
 * Whose packets one media socket takes, and where it sends: threats L1 and L2.
 *
 *   signalled ── N packets that agree ──► locked        the SDP's own endpoint is taken from the first packet on
 *       │
 *       └── window open: another port of an allowed address, N packets in a row that agree ──► locked to that one
 *
 * The order is security:
 * - `peek` comes before any decryption and changes nothing; `accept` comes only after the packet authenticated (SRTP).
 * - A source that speaks keeps its place: each of its packets starts every other candidate from zero again.
 * - Once locked, or once the window closed, nothing but signalling (`configure`) lets another source in.
 * - `targetPort` is 0 until there is an endpoint we may send to: nothing is sent to an address nobody proved.
 * Time is an argument. Hot path: numbers and strings compared, nothing allocated. Benchmark: test/bench/relay.ts.
 */
import type { Endpoint } from "./engine.ts";

export const verdict = {
  /** From the current source. */
  accepted: 0,
  /** From the current source, and this packet locked it for the first time: report it. */
  latched: 1,
  /** From somebody who may become the source, and is not yet. */
  learning: 2,
  /** From somebody else. */
  foreign: 3,
} as const;

/** The rules for one socket: see engine.ts LatchRules. */
export interface SocketRules {
  readonly signalled: Endpoint | undefined;
  readonly sendAtOnce: boolean;
  readonly learnFrom: readonly string[];
  readonly windowMs: number;
  readonly packets: number;
  /** undefined: RTCP, which has none. */
  readonly payloadTypes: readonly number[] | undefined;
}

export class Latch {
  /** Where to send; port 0 while nowhere. */
  targetAddress = "";
  targetPort = 0;
  #rules: SocketRules | undefined;
  #payloadTypes = new Uint8Array(128);
  #windowEnds = 0;
  #locked = false;
  /** The current source sent N packets that agree, at some time since it became the source. */
  #proven = false;
  #address = "";
  #port = 0;
  #ssrc = -1;
  #agreed = 0;
  #candidateAddress = "";
  #candidatePort = 0;
  #candidateSsrc = -1;
  #candidateAgreed = 0;

  get source(): Endpoint | undefined {
    return this.#port === 0 ? undefined : { address: this.#address, port: this.#port };
  }

  /** The current source showed itself by N packets, in this exchange or an earlier one. */
  get proven(): boolean {
    return this.#proven;
  }

  /** Signalling has spoken: opens the window. A source that was learnt stays until another one takes over or the signalled endpoint moves. */
  configure(rules: SocketRules, now: number): void {
    const before = this.#rules?.signalled;
    const moved = before?.address !== rules.signalled?.address || before?.port !== rules.signalled?.port;
    this.#rules = rules;
    this.#payloadTypes.fill(rules.payloadTypes === undefined ? 1 : 0);
    for (const type of rules.payloadTypes ?? []) this.#payloadTypes[type & 0x7f] = 1;
    if (moved && (rules.sendAtOnce || !this.#proven))
      this.#take(rules.signalled?.address ?? "", rules.signalled?.port ?? 0);
    this.#reopen(now);
    this.#aim();
  }

  /** RTCP only: RTP is now locked to this address, so RTCP comes from there and from nowhere else. */
  narrow(address: string, now: number): void {
    if (this.#rules === undefined) return;
    this.#rules = { ...this.#rules, learnFrom: [address] };
    if (this.#port !== 0 && this.#address !== address) {
      this.#take("", 0);
      this.#reopen(now);
    }
    this.#aim();
  }

  /** Before authentication: may this source's packet be looked at? accepted, learning or foreign; changes nothing. */
  peek(address: string, port: number, now: number): number {
    // Nobody can be answered there, and here it means nobody.
    if (port === 0) return verdict.foreign;
    if (port === this.#port && address === this.#address) return verdict.accepted;
    const rules = this.#rules;
    if (rules === undefined || this.#locked || now > this.#windowEnds) return verdict.foreign;
    if (rules.signalled?.port === port && rules.signalled.address === address) return verdict.learning;
    return rules.learnFrom.includes(address) ? verdict.learning : verdict.foreign;
  }

  /** After authentication, for a packet `peek` did not call foreign. */
  accept(address: string, port: number, ssrc: number, payloadType: number): number {
    const known = this.#payloadTypes[payloadType & 0x7f] === 1;
    if (port === this.#port && address === this.#address) return this.#fromSource(ssrc, known);
    if (!known) return verdict.learning;
    const same = port === this.#candidatePort && ssrc === this.#candidateSsrc && address === this.#candidateAddress;
    this.#candidateAgreed = same ? this.#candidateAgreed + 1 : 1;
    if (!same) {
      this.#candidateAddress = address;
      this.#candidatePort = port;
      this.#candidateSsrc = ssrc;
    }
    if (this.#candidateAgreed < (this.#rules?.packets ?? Number.POSITIVE_INFINITY)) return verdict.learning;
    this.#take(address, port);
    this.#lock();
    return verdict.latched;
  }

  #fromSource(ssrc: number, known: boolean): number {
    this.#candidateAgreed = 0;
    this.#candidatePort = 0;
    if (this.#locked) return verdict.accepted;
    if (!known) return verdict.accepted;
    this.#agreed = ssrc === this.#ssrc ? this.#agreed + 1 : 1;
    this.#ssrc = ssrc;
    if (this.#agreed < (this.#rules?.packets ?? Number.POSITIVE_INFINITY)) return verdict.accepted;
    const first = !this.#proven;
    this.#lock();
    return first ? verdict.latched : verdict.accepted;
  }

  #take(address: string, port: number): void {
    this.#address = address;
    this.#port = port;
    this.#proven = false;
    this.#agreed = 0;
    this.#ssrc = -1;
  }

  #lock(): void {
    this.#locked = true;
    this.#proven = true;
    this.#aim();
  }

  #reopen(now: number): void {
    this.#locked = false;
    this.#agreed = 0;
    this.#candidateAgreed = 0;
    this.#candidatePort = 0;
    this.#windowEnds = now + (this.#rules?.windowMs ?? 0);
  }

  #aim(): void {
    const may = this.#proven || this.#rules?.sendAtOnce === true;
    this.targetAddress = may ? this.#address : "";
    this.targetPort = may ? this.#port : 0;
  }
}
