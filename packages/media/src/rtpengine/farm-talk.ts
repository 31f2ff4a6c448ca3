/**
 * What is said to an instance in the course of an offer/answer exchange, and what of its answers is believed. One after
 * the other: an instance never has two commands about one call at a time.
 */

import type { LegName, Legs } from "../media-port.ts";
import { usableSuites } from "../negotiation/keying.ts";
import type { MediaRefusal } from "../refusal.ts";
import {
  type FarmLeg,
  type FarmStream,
  isKeyed,
  type JudgedLine,
  peerFacts,
  type Saying,
  type Standing,
  tell,
} from "./farm-agreement.ts";
import { FarmCall, type FarmContext, familyOf, type InstanceProblem } from "./farm-call.ts";
import { answerKeys, suitesFor, suitesOf } from "./farm-keys.ts";
import {
  type AnsweredLine,
  allowed,
  expectAnswer,
  expectOffer,
  expectReserved,
  expectStood,
  sayAnswer,
  sayOffer,
  sayReserved,
  sayStood,
  shownAgain,
} from "./farm-lines.ts";
import type { Expected, InstanceLine } from "./farm-sdp.ts";
import type { Traffic } from "./ng-message.ts";

type Lines<T> = readonly (T | undefined)[];

export interface Exchange {
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly legs: Legs;
  readonly lines: readonly JudgedLine[];
  /** What the answerer is shown of ours. */
  shown: Lines<InstanceLine>;
  /** What the instance has of it. reserved: the ports of new streams. offered: the offer as it is. */
  heard: "nothing" | "reserved" | "offered";
  /** The instance's keys, with the tags that it has them under now. */
  current: Lines<InstanceLine>;
  answered: boolean;
  /** The answered exchange before this offer: what an answer that is repeated belongs to, should the offer be refused. */
  before: Exchange | undefined;
}

export class FarmTalk {
  readonly #context: FarmContext;
  readonly #call: FarmCall;
  /** The instance's address towards each leg. */
  readonly #addresses: { a: string | undefined; b: string | undefined } = { a: undefined, b: undefined };

  constructor(context: FarmContext) {
    this.#context = context;
    this.#call = new FarmCall(context);
  }

  get instance(): number | undefined {
    return this.#call.instance;
  }

  addressOf(leg: LegName): string | undefined {
    return this.#addresses[leg];
  }

  traffic(sound: number | undefined): Promise<Traffic | "lost" | undefined> {
    return this.#call.traffic(sound);
  }

  drop(onTraffic: (traffic: Traffic) => void): void {
    this.#call.drop(onTraffic);
  }

  /** Gets what the answerer is to be shown, and says why when it cannot be had. */
  prepare(exchange: Exchange, standing: Standing): Promise<MediaRefusal | undefined> {
    return this.#call.turn(() => this.#prepare(exchange, standing));
  }

  /** Tells the instance of the offer, where it has not heard it, and of the answer. */
  commit(exchange: Exchange, answered: readonly AnsweredLine[]): Promise<Standing | MediaRefusal> {
    return this.#call.turn(() => this.#commit(exchange, answered));
  }

  /** Takes back what the instance heard of an exchange that came to nothing: what stands is offered and answered again. */
  restore(exchange: Exchange, standing: Standing): void {
    void this.#call.turn(async () => {
      if (standing.length > 0 && exchange.heard !== "nothing") await this.#restore(exchange, standing);
    });
  }

  async #prepare(exchange: Exchange, standing: Standing): Promise<MediaRefusal | undefined> {
    const { lines, offerer, answerer, legs } = exchange;
    const again = lines.map((line) =>
      line.kind === "stream" && line.standing !== undefined ? shownAgain(line.standing, answerer) : undefined,
    );
    exchange.shown = again;
    if (lines.every((line, index) => line.kind === "off" || again[index] !== undefined)) return undefined;
    const first = standing.length === 0;
    const says = first ? sayOffer(lines, offerer) : sayReserved(lines, standing, offerer);
    const expected = first ? expectOffer(lines) : expectReserved(lines, standing, answerer);
    const outcome = await this.#offer(exchange, says, expected);
    if (typeof outcome === "string") return outcome;
    exchange.heard = first ? "offered" : "reserved";
    exchange.current = outcome;
    const suites = suitesFor(legs[answerer], says);
    exchange.shown = lines.map((line, index) => {
      const fresh = outcome[index];
      return line.kind === "off" ? undefined : (again[index] ?? (fresh && allowed(fresh, suites)));
    });
    const keyless = lines.some(
      (line, index) => line.kind === "stream" && isKeyed(line.linkOffer) && exchange.shown[index]?.cryptos.length === 0,
    );
    return keyless ? this.#broken("no-key") : undefined;
  }

  async #commit(exchange: Exchange, answered: readonly AnsweredLine[]): Promise<Standing | MediaRefusal> {
    const { lines, offerer, answerer } = exchange;
    if (exchange.heard !== "offered") {
      const outcome = await this.#offer(exchange, sayOffer(lines, offerer), expectOffer(lines));
      if (typeof outcome === "string") return outcome;
      exchange.heard = "offered";
      exchange.current = outcome;
      const moved = exchange.shown.some((line, index) => line !== undefined && outcome[index]?.port !== line.port);
      if (moved) return this.#broken("moved");
    }
    const says = sayAnswer(answered, lines, answerer, exchange.current);
    if (says === undefined) return this.#broken("no-key");
    const outcome = await this.#answer(exchange, says, expectAnswer(answered));
    return typeof outcome === "string" ? outcome : this.#agree(exchange, answered, outcome);
  }

  async #restore(exchange: Exchange, standing: Standing): Promise<void> {
    const { lines, offerer, answerer } = exchange;
    const offered = sayStood(lines, standing, offerer);
    const current = await this.#offer(exchange, offered, expectStood(lines, standing, answerer));
    if (typeof current === "string") return;
    const says = sayStood(lines, standing, answerer, current);
    await this.#answer(exchange, says, expectStood(lines, standing, offerer));
  }

  async #offer(
    { offerer, answerer, legs }: Exchange,
    says: readonly (Saying | string)[],
    expected: Lines<Expected>,
  ): Promise<Lines<InstanceLine> | MediaRefusal> {
    const keying = expected.some((line) => line?.secure) ? "sdes" : "none";
    if (keying === "sdes" && suitesFor(legs[answerer], says).length === 0) return "no-common-suite";
    // A suite of the offerer's that it were told not to offer, it would not answer with either.
    const suites = [...usableSuites(legs[answerer].suites), ...suitesOf(says)];
    const told = tell(
      { leg: legs[offerer], far: legs[answerer] },
      says,
      this.#addresses[answerer] === undefined ? "too-early" : "allowed",
    );
    const outcome = await this.#call.offer(
      { offerer, answerer, told, expected },
      {
        keying,
        suites,
        family: familyOf(legs[answerer].advertisedAddress),
        interfaces: this.#context.interfaces(legs[offerer].side, legs[answerer].side),
      },
    );
    if (typeof outcome === "string") return outcome;
    return this.#keepAddress(answerer, outcome.address) ? outcome.lines : this.#broken("no-address");
  }

  async #answer(
    { offerer, answerer, legs }: Exchange,
    says: readonly (Saying | string)[],
    expected: Lines<Expected>,
  ): Promise<Lines<InstanceLine> | MediaRefusal> {
    const told = tell(
      { leg: legs[answerer], far: legs[offerer] },
      says,
      this.#addresses[offerer] === undefined ? "too-early" : "allowed",
    );
    const outcome = await this.#call.answer({ offerer, answerer, told, expected });
    if (typeof outcome === "string") return outcome;
    const none = expected.every((line) => line === undefined);
    return this.#keepAddress(offerer, outcome.address) || none ? outcome.lines : this.#broken("no-address");
  }

  /** A peer on hold by address gets no address of the instance's said to the other side: then the known one stays. */
  #keepAddress(leg: LegName, address: string | undefined): boolean {
    this.#addresses[leg] = address ?? this.#addresses[leg];
    return this.#addresses[leg] !== undefined;
  }

  #agree(exchange: Exchange, answered: readonly AnsweredLine[], ours: Lines<InstanceLine>): Standing | MediaRefusal {
    const agreed: (FarmStream | undefined)[] = [];
    for (const [index, entry] of answered.entries()) {
      const [toOfferer, toAnswerer] = [ours[index], exchange.shown[index]];
      if (entry === undefined || toOfferer === undefined || toAnswerer === undefined) {
        agreed.push(undefined);
        continue;
      }
      const { line, answer, link } = entry;
      const { offerer, answerer } = exchange;
      const { keys: chosen } = line.offererLink;
      const keys = chosen && answerKeys(chosen, toOfferer, link.keys);
      if (chosen !== undefined && keys === undefined) return this.#broken("no-key");
      const offererLeg: FarmLeg = {
        port: toOfferer.port,
        link: { ...line.offererLink, keys },
        peer: peerFacts(line.offer, line.standing?.[offerer]),
        said: line.offer,
      };
      const answererLeg: FarmLeg = {
        port: toAnswerer.port,
        link,
        peer: peerFacts(answer, line.standing?.[answerer]),
        said: answer,
      };
      const legs = offerer === "a" ? { a: offererLeg, b: answererLeg } : { a: answererLeg, b: offererLeg };
      agreed.push({ media: line.offer.media, ...legs });
    }
    return agreed;
  }

  #broken(problem: InstanceProblem): MediaRefusal {
    const { instance } = this.#call;
    if (instance !== undefined) this.#context.onProblem(instance, problem, "");
    return "engine-failed";
  }
}
