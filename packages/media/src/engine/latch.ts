/**
 * Whose packets one media socket takes, and where it sends: threats L1 and L2.
 *
 *   signalled ── N packets that agree ──► locked        the SDP's own endpoint is taken from the first packet on
 *       │
 *       └── window open: another port of an allowed address, N packets in a row that agree ──► locked to that one
 *
 * The order is security:
 * - `peek` comes before any decryption and changes nothing; `accept` comes only after the packet authenticated (SRTP).
 * - A source that speaks keeps its place: each of its packets starts every other candidate from zero again, and one that
 *   has shown itself is taken over from only when it has been silent for half a second. A neighbour behind the same NAT
 *   may send as fast as it likes.
 * - The stream that was there first comes back by its SSRC, which no neighbour knows, and needs nobody's silence.
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

/** Far more than the 20 ms between two packets of speech; a phone whose NAT rebound is silent at its old place long before it says so. */
const keepsPlaceMs = 500;
/** No SSRC is negative. */
const none = -1;

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
  #ssrc = none;
  #agreed = 0;
  #heardAt = 0;
  /** The SSRC of who showed itself first; who has it comes back. */
  #homeSsrc = none;
  /** The source is that one. */
  #atHome = true;
  /** RTCP: nobody else may come at all. */
  #onlyHome = false;
  #candidateAddress = "";
  #candidatePort = 0;
  #candidateSsrc = none;
  #candidateAgreed = 0;

  get source(): Endpoint | undefined {
    return this.#port === 0 ? undefined : { address: this.#address, port: this.#port };
  }

  /** Of the current source's stream; -1: of none yet. */
  get ssrc(): number {
    return this.#ssrc;
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
    this.#onlyHome = false;
    this.#payloadTypes.fill(rules.payloadTypes === undefined ? 1 : 0);
    for (const type of rules.payloadTypes ?? []) this.#payloadTypes[type & 0x7f] = 1;
    if (moved && (rules.sendAtOnce || !this.#proven)) {
      this.#take(rules.signalled?.address ?? "", rules.signalled?.port ?? 0, none);
      this.#homeSsrc = none;
      this.#atHome = true;
    }
    this.#reopen(now);
    this.#aim();
  }

  /** RTCP only: RTP is now locked to this address and has this SSRC, so RTCP comes from there and names it, or comes from where it was signalled. */
  narrow(address: string, ssrc: number, now: number): void {
    if (this.#rules === undefined) return;
    this.#rules = { ...this.#rules, learnFrom: [address] };
    this.#homeSsrc = ssrc;
    this.#onlyHome = true;
    if (this.#port !== 0 && this.#address !== address) {
      this.#take("", 0, none);
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
    if (rules === undefined || (this.#locked && this.#atHome) || now > this.#windowEnds) return verdict.foreign;
    if (rules.signalled?.port === port && rules.signalled.address === address) return verdict.learning;
    return rules.learnFrom.includes(address) ? verdict.learning : verdict.foreign;
  }

  /** After authentication, for a packet `peek` did not call foreign. */
  accept(address: string, port: number, ssrc: number, payloadType: number, now: number): number {
    const known = this.#payloadTypes[payloadType & 0x7f] === 1;
    if (port === this.#port && address === this.#address) return this.#fromSource(ssrc, known, now);
    const returns = ssrc === this.#homeSsrc;
    if (!known || (!returns && (this.#onlyHome || this.#awaitsAnother(address, port)))) return verdict.learning;
    const same = port === this.#candidatePort && ssrc === this.#candidateSsrc && address === this.#candidateAddress;
    this.#candidateAgreed = same ? this.#candidateAgreed + 1 : 1;
    if (!same) {
      this.#candidateAddress = address;
      this.#candidatePort = port;
      this.#candidateSsrc = ssrc;
    }
    if (this.#candidateAgreed < (this.#rules?.packets ?? Number.POSITIVE_INFINITY)) return verdict.learning;
    if (!returns && (this.#locked || this.#speaks(now))) return verdict.learning;
    this.#take(address, port, ssrc);
    this.#atHome = returns || this.#homeSsrc === none;
    this.#heardAt = now;
    this.#lock();
    return verdict.latched;
  }

  #fromSource(ssrc: number, known: boolean, now: number): number {
    this.#heardAt = now;
    if (!this.#awaitsReturn()) {
      this.#candidateAgreed = 0;
      this.#candidatePort = 0;
    }
    if (!known) return verdict.accepted;
    this.#agreed = ssrc === this.#ssrc ? this.#agreed + 1 : 1;
    this.#ssrc = ssrc;
    if (this.#locked) {
      this.#settle();
      return verdict.accepted;
    }
    if (this.#agreed < (this.#rules?.packets ?? Number.POSITIVE_INFINITY)) return verdict.accepted;
    const first = !this.#proven;
    this.#lock();
    return first ? verdict.latched : verdict.accepted;
  }

  #speaks(now: number): boolean {
    return this.#proven && now - this.#heardAt < keepsPlaceMs;
  }

  /** The stream that was there first has begun to come back: nobody interrupts it. */
  #awaitsReturn(): boolean {
    return this.#homeSsrc !== none && this.#candidatePort !== 0 && this.#candidateSsrc === this.#homeSsrc;
  }

  #awaitsAnother(address: string, port: number): boolean {
    return this.#awaitsReturn() && (port !== this.#candidatePort || address !== this.#candidateAddress);
  }

  #take(address: string, port: number, ssrc: number): void {
    this.#address = address;
    this.#port = port;
    this.#proven = false;
    this.#agreed = 0;
    this.#ssrc = ssrc;
  }

  /** A phone may begin a new stream at its place. */
  #settle(): void {
    if (this.#atHome) this.#homeSsrc = this.#ssrc;
  }

  #lock(): void {
    this.#locked = true;
    this.#proven = true;
    this.#settle();
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
