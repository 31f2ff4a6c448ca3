/**
 * One call: two legs, and the offer/answer exchange between them (RFC 3264). What was agreed stands until an answer
 * replaces it; an offer that is refused leaves it untouched, since the engine hears of nothing before the answer.
 */

import type { Component, EngineCommand, PairId } from "../engine/engine.ts";
import type { LegName, Legs, MediaResult } from "../media-port.ts";
import { type Agreement, concludeAll, isOnHold, type OfferedLine, offerLine } from "../negotiation/agreement.ts";
import { judgeAll, nothingLeft } from "../negotiation/judge-offer.ts";
import type { AgreedKeys } from "../negotiation/leg.ts";
import { SdpScript, type WrittenLine } from "../negotiation/sdp-anchor.ts";
import type { OpenPair, PairDesk } from "../ports/pair-desk.ts";
import type { StreamFacts } from "../quality/quality-desk.ts";
import { soundOf } from "../quality/stream-facts.ts";
import { refuse } from "../refusal.ts";
import { readDescription } from "../sdp/sdp-read.ts";
import type { MediaSettings } from "../settings.ts";
import type { TransportBoard } from "../transport/transport-board.ts";
import { CallEngine } from "./call-engine.ts";
import { CallPairs } from "./call-pairs.ts";
import { pressCommand, pressedAsEvents } from "./key-press.ts";

export interface SessionContext {
  readonly call: string;
  /** Keeps the pairs of a call together in the engine. */
  readonly group: number;
  readonly desk: PairDesk;
  readonly random: (bytes: number) => Uint8Array;
  readonly learn: () => MediaSettings["learn"];
  readonly submit: (commands: readonly EngineCommand[]) => void;
  readonly transports: TransportBoard;
}

interface Exchange {
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly legs: Legs;
  readonly lines: readonly OfferedLine[];
  readonly answered: boolean;
  /** The answered exchange before this offer: what an answer that is repeated belongs to, should the offer be refused. */
  readonly before: Exchange | undefined;
}

export class Session {
  readonly #context: SessionContext;
  readonly #scripts: { readonly a: SdpScript; readonly b: SdpScript };
  readonly #pairs: CallPairs;
  readonly #engine: CallEngine;
  #standing: Agreement = [];
  #exchange: Exchange | undefined;
  /** The offer whose ports are being opened. A new value, or none, means that it was given up meanwhile. */
  #opening: symbol | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#scripts = { a: new SdpScript(context.random(8)), b: new SdpScript(context.random(8)) };
    this.#pairs = new CallPairs(context);
    this.#engine = new CallEngine(context);
  }

  /** Nothing agreed and nothing pending: the call has no media. */
  get isEmpty(): boolean {
    return this.#exchange === undefined && this.#opening === undefined && this.#standing.length === 0;
  }

  get onHold(): boolean {
    return isOnHold(this.#standing);
  }

  /** The first stream of sound of what stands. */
  get sound(): StreamFacts | undefined {
    const suiteOf = (pair: OpenPair) => this.#engine.suiteOf(pair);
    return this.#exchange && soundOf(this.#standing, this.#exchange, suiteOf);
  }

  press(to: LegName, key: string, durationMs: number): void {
    const command = pressCommand(this.#standing, to, key, durationMs);
    if (command !== undefined) this.#context.submit([command]);
  }

  async offer(offerer: LegName, body: Uint8Array, legs: Legs): Promise<MediaResult> {
    if (this.#opening !== undefined || this.#exchange?.answered === false) return refuse("offer-pending");
    const description = readDescription(body);
    if (description === undefined) return refuse("bad-sdp");
    const answerer = offerer === "a" ? "b" : "a";
    const { desk, random, transports } = this.#context;
    const judged = judgeAll(description, {
      offerer,
      answerer,
      legs,
      standing: this.#standing,
      random,
      hasDtls: transports.fingerprint !== undefined,
      credentials: () => transports.credentials(),
      isOurs: (port) => desk.isOurs(port),
    });
    const reason = nothingLeft(judged, this.#standing);
    if (reason !== undefined) return refuse(reason);
    const mine = Symbol("opening");
    this.#opening = mine;
    const opened: OpenPair[] = [];
    const lines = await this.#pairs.openAll(judged, offerer, legs, opened);
    const givenUp = this.#opening !== mine;
    if (givenUp || typeof lines === "string") {
      this.#pairs.giveBack(opened);
      if (!givenUp) this.#opening = undefined;
      return refuse(typeof lines === "string" ? lines : "closed");
    }
    this.#opening = undefined;
    this.#pairs.keep(opened);
    this.#exchange = { offerer, answerer, legs, lines, answered: false, before: this.#exchange };
    const written = lines.map((line) => offerLine(line, answerer, legs));
    return { ok: true, sdp: this.#write(answerer, legs, written) };
  }

  answer(answerer: LegName, body: Uint8Array): MediaResult {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.answerer !== answerer) return refuse("no-session");
    const answered = readDescription(body);
    if (answered === undefined) return refuse("bad-sdp");
    const { offerer, legs, lines } = exchange;
    const isOurs = (port: number): boolean => this.#context.desk.isOurs(port);
    const concluded = concludeAll(lines, answered, { offerer, answerer, legs, isOurs });
    if (!concluded.ok) return refuse(concluded.reason);
    this.#exchange = { ...exchange, answered: true, before: undefined };
    this.#standing = concluded.agreement;
    // Pairs of a stream this answer switched off stay: the answer may be repeated by another party that wants it.
    this.#releaseUnused();
    this.#engine.apply(concluded.agreement, legs, this.#pairs.all);
    const press = pressedAsEvents(concluded.agreement, legs);
    return { ok: true, sdp: this.#write(offerer, legs, concluded.written), press };
  }

  /** The handshake on those sockets is over. */
  onKeyed(pair: PairId, component: Component, keys: AgreedKeys): void {
    this.#engine.onKeyed(pair, component, keys);
  }

  /** Forgets an unanswered offer. An answered one stands: it is agreed. */
  rollback(): void {
    this.#opening = undefined;
    if (this.#exchange?.answered !== false) return;
    this.#exchange = this.#exchange.before;
    this.#releaseUnused();
  }

  close(): void {
    this.#opening = undefined;
    this.#exchange = undefined;
    this.#standing = [];
    this.#releaseUnused();
  }

  #write(leg: LegName, legs: Legs, lines: readonly WrittenLine[]): Uint8Array {
    const { fingerprint } = this.#context.transports;
    return this.#scripts[leg].write({ address: legs[leg].advertisedAddress, fingerprint }, lines);
  }

  #releaseUnused(): void {
    const pending = [...(this.#exchange?.lines ?? []), ...(this.#exchange?.before?.lines ?? [])];
    for (const pair of this.#pairs.unused(this.#standing, pending)) {
      this.#engine.forget(pair.id);
      this.#pairs.release(pair);
    }
  }
}
