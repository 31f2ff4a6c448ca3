/**
 * The offer/answer exchange (RFC 3264) of a call whose media is on an instance. What was agreed stands until an answer
 * replaces it. rtpengine itself follows an offer at once; so of an offer in a running call it hears only with the answer,
 * and before that it is asked for nothing but the ports of streams that are new.
 */
import type { LegName, Legs, MediaResult } from "../media-port.ts";
import { SdpScript, type WrittenLine } from "../negotiation/sdp-anchor.ts";
import { type MediaRefusal, refuse } from "../refusal.ts";
import { type PeerLine, readDescription } from "../sdp/sdp-read.ts";
import { isHeld, judgeAnswer, judgeOffer, type Standing } from "./farm-agreement.ts";
import type { FarmContext } from "./farm-call.ts";
import { type AnsweredLine, writeAnswer, writeOffer } from "./farm-lines.ts";
import { type FarmSound, soundOf } from "./farm-quality.ts";
import { type Exchange, FarmTalk } from "./farm-talk.ts";
import type { Traffic } from "./ng-message.ts";
import type { OwnPlaces } from "./own-places.ts";

export interface SessionContext extends FarmContext {
  readonly places: OwnPlaces;
}

export class FarmSession {
  readonly #context: SessionContext;
  readonly #talk: FarmTalk;
  readonly #scripts: { readonly a: SdpScript; readonly b: SdpScript };
  #held: readonly (readonly [string, number])[] = [];
  #standing: Standing = [];
  #exchange: Exchange | undefined;
  /** The offer that is being prepared. A new value, or none, means that it was given up meanwhile. */
  #opening: Exchange | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#talk = new FarmTalk(context);
    this.#scripts = { a: new SdpScript(context.random(8)), b: new SdpScript(context.random(8)) };
  }

  /** Nothing agreed and nothing pending: the call has no media. */
  get isEmpty(): boolean {
    return this.#exchange === undefined && this.#opening === undefined && this.#standing.length === 0;
  }

  get instance(): number | undefined {
    return this.#talk.instance;
  }

  /** Silence is expected: every stream is stopped in at least one direction, or there is none. */
  get onHold(): boolean {
    return this.#standing.every((stream) => stream === undefined || isHeld(stream.a) || isHeld(stream.b));
  }

  /** The first stream of sound of what stands. */
  get sound(): FarmSound | undefined {
    return this.#exchange && soundOf(this.#standing, this.#exchange);
  }

  async offer(offerer: LegName, body: Uint8Array, legs: Legs): Promise<MediaResult> {
    if (this.#opening !== undefined || this.#exchange?.answered === false) return refuse("offer-pending");
    const description = readDescription(body);
    if (description === undefined) return refuse("bad-sdp");
    const answerer = offerer === "a" ? "b" : "a";
    const { random } = this.#context;
    const facts = { offerer, answerer, legs, standing: this.#standing, random, isOurs: this.#isOurs } as const;
    const lines = judgeOffer(description.lines, facts);
    if (typeof lines === "string") return refuse(lines);
    const unheard = { shown: [], heard: "nothing", current: [], answered: false } as const;
    const exchange: Exchange = { offerer, answerer, legs, lines, ...unheard, before: this.#exchange };
    this.#opening = exchange;
    const refusal = await this.#talk.prepare(exchange, this.#standing);
    const givenUp = this.#opening !== exchange;
    if (givenUp) this.#talk.restore(exchange, this.#standing);
    else this.#opening = undefined;
    if (givenUp || refusal !== undefined) return refuse(refusal ?? "closed");
    this.#exchange = exchange;
    return this.#write(answerer, exchange.legs, writeOffer(lines, exchange.shown));
  }

  async answer(answerer: LegName, body: Uint8Array): Promise<MediaResult> {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.answerer !== answerer) return refuse("no-session");
    const description = readDescription(body);
    if (description === undefined) return refuse("bad-sdp");
    const answered = this.#judgeAll(exchange, description.lines);
    if (typeof answered === "string") return refuse(answered);
    const standing = await this.#talk.commit(exchange, answered);
    const givenUp = this.#exchange !== exchange;
    if (givenUp || typeof standing === "string") {
      if (!exchange.answered) this.#talk.restore(exchange, this.#standing);
      return refuse(typeof standing === "string" ? standing : "closed");
    }
    exchange.answered = true;
    exchange.before = undefined;
    this.#standing = standing;
    this.#holdPlaces();
    const { lines, legs, offerer } = exchange;
    return this.#write(offerer, legs, writeAnswer(lines, answered, standing, offerer));
  }

  /** Forgets an unanswered offer. An answered one stands: it is agreed. */
  rollback(): void {
    this.#opening = undefined;
    const undone = this.#exchange;
    if (undone?.answered !== false) return;
    this.#exchange = undone.before;
    this.#talk.restore(undone, this.#standing);
  }

  close(onTraffic: (traffic: Traffic) => void): void {
    this.#opening = undefined;
    this.#exchange = undefined;
    this.#standing = [];
    this.#holdPlaces();
    this.#talk.drop(onTraffic);
  }

  /** What the call has carried since it began. lost: its instance does not know it any more. */
  traffic(): Promise<Traffic | "lost" | undefined> {
    return this.#talk.traffic(this.sound?.line);
  }

  readonly #isOurs = (address: string, port: number): boolean => this.#context.places.has(address, port);

  #judgeAll(exchange: Exchange, peerLines: readonly PeerLine[]): readonly AnsweredLine[] | MediaRefusal {
    const { lines, offerer, answerer, legs, shown } = exchange;
    const facts = { offerer, answerer, legs, isOurs: this.#isOurs };
    // RFC 3264 §6: the same lines in the same order, of the same kind.
    if (peerLines.length !== lines.length) return "answer-mismatch";
    const answered: AnsweredLine[] = [];
    for (const [index, line] of lines.entries()) {
      const answer = peerLines[index];
      if (answer === undefined || line.kind === "off" || (answer.kind === "off" && !answer.offered)) {
        answered.push(undefined);
        continue;
      }
      if (answer.kind === "off") return "answer-mismatch";
      const judged = judgeAnswer(line, answer, shown[index]?.cryptos ?? [], facts);
      if (typeof judged === "string") return judged;
      answered.push({ line, ...judged });
    }
    return answered;
  }

  #write(leg: LegName, legs: Legs, lines: readonly WrittenLine[]): MediaResult {
    const address = this.#talk.addressOf(leg) ?? legs[leg].advertisedAddress;
    return { ok: true, sdp: this.#scripts[leg].write({ address, fingerprint: undefined }, lines) };
  }

  #holdPlaces(): void {
    const { places } = this.#context;
    for (const [address, port] of this.#held) places.release(address, port);
    this.#held = this.#standing.flatMap((stream) =>
      (["a", "b"] as const).flatMap((leg) => {
        const address = this.#talk.addressOf(leg);
        return stream === undefined || address === undefined ? [] : [[address, stream[leg].port] as const];
      }),
    );
    for (const [address, port] of this.#held) places.hold(address, port);
  }
}

/** How many of them each instance has. */
export function perInstance(sessions: readonly FarmSession[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { instance } of sessions) {
    if (instance !== undefined) counts.set(instance, (counts.get(instance) ?? 0) + 1);
  }
  return counts;
}
