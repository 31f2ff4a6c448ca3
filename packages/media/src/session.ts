/**
 * One call: two legs, and the offer/answer exchange between them (RFC 3264). What was agreed stands until an answer
 * replaces it; an offer that is refused leaves it untouched, since the engine hears of nothing before the answer.
 */
import { type Agreement, concludeAll, isOnHold, type OfferedLine, type OfferedStream, offerLine } from "./agreement.ts";
import type { EngineCommand } from "./engine/engine.ts";
import { choose, propose, usableSuites } from "./keying.ts";
import { judgeEndpoint, judgeProfile, pairConfig, profileToOffer, silence } from "./leg.ts";
import type { LegName, Legs, MediaResult } from "./media-port.ts";
import type { OpenPair, PairDesk } from "./pair-desk.ts";
import type { StreamFacts } from "./quality/quality-desk.ts";
import { soundOf } from "./quality/stream-facts.ts";
import { type MediaRefusal, refuse } from "./refusal.ts";
import { refusedLine, SdpScript } from "./sdp-anchor.ts";
import { type OffStream, type PeerLine, type PeerStream, readPeerLines } from "./sdp-read.ts";
import { type MediaSettings, maxStreams } from "./settings.ts";

export interface SessionContext {
  readonly call: string;
  /** Keeps the pairs of a call together in the engine. */
  readonly group: number;
  readonly desk: PairDesk;
  readonly random: (bytes: number) => Uint8Array;
  readonly learn: () => MediaSettings["learn"];
  readonly submit: (commands: readonly EngineCommand[]) => void;
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

/** A judged line of an offer, before its ports are open. */
type Judged =
  | (Omit<OfferedStream, "pairs"> & { readonly index: number })
  | { readonly kind: "off"; readonly line: OffStream; readonly refusal: MediaRefusal | undefined };

export class Session {
  readonly #context: SessionContext;
  readonly #scripts: { readonly a: SdpScript; readonly b: SdpScript };
  readonly #pairs = new Set<OpenPair>();
  #standing: Agreement = [];
  #exchange: Exchange | undefined;
  /** The offer whose ports are being opened. A new value, or none, means that it was given up meanwhile. */
  #opening: symbol | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#scripts = { a: new SdpScript(context.random(8)), b: new SdpScript(context.random(8)) };
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
    return this.#exchange && soundOf(this.#standing, this.#exchange.legs);
  }

  async offer(offerer: LegName, body: Uint8Array, legs: Legs): Promise<MediaResult> {
    if (this.#opening !== undefined || this.#exchange?.answered === false) return refuse("offer-pending");
    const peerLines = readPeerLines(body);
    if (peerLines === undefined) return refuse("bad-sdp");
    const judged = this.#judgeAll(peerLines, offerer, legs);
    const reason = this.#nothingLeft(judged);
    if (reason !== undefined) return refuse(reason);
    const mine = Symbol("opening");
    this.#opening = mine;
    const opened: OpenPair[] = [];
    const lines = await this.#openAll(judged, legs, opened);
    const givenUp = this.#opening !== mine;
    if (givenUp || typeof lines === "string") {
      for (const pair of opened) this.#context.desk.release(pair);
      if (!givenUp) this.#opening = undefined;
      return refuse(typeof lines === "string" ? lines : "closed");
    }
    this.#opening = undefined;
    for (const pair of opened) this.#pairs.add(pair);
    const answerer = offerer === "a" ? "b" : "a";
    this.#exchange = { offerer, answerer, legs, lines, answered: false, before: this.#exchange };
    const written = lines.map((line) => offerLine(line, answerer));
    return { ok: true, sdp: this.#scripts[answerer].write(legs[answerer].advertisedAddress, written) };
  }

  answer(answerer: LegName, body: Uint8Array): MediaResult {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.answerer !== answerer) return refuse("no-session");
    const answered = readPeerLines(body);
    if (answered === undefined) return refuse("bad-sdp");
    const { offerer, legs, lines } = exchange;
    const concluded = concludeAll(lines, answered, {
      offerer,
      answerer,
      leg: legs[answerer],
      isOurs: (port) => this.#context.desk.isOurs(port),
    });
    if (!concluded.ok) return refuse(concluded.reason);
    this.#exchange = { ...exchange, answered: true, before: undefined };
    this.#standing = concluded.agreement;
    // Pairs of a stream this answer switched off stay: the answer may be repeated by another party that wants it.
    this.#releaseUnused();
    this.#apply(concluded.agreement, legs);
    return { ok: true, sdp: this.#scripts[offerer].write(legs[offerer].advertisedAddress, concluded.written) };
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

  #judgeAll(peerLines: readonly PeerLine[], offerer: LegName, legs: Legs): readonly Judged[] {
    let streams = 0;
    return peerLines.map((line, index): Judged => {
      if (line.kind === "off") return { kind: "off", line, refusal: undefined };
      const judged = this.#judge(line, index, offerer, legs);
      if (typeof judged === "string") return { kind: "off", line: refusedLine(line), refusal: judged };
      streams++;
      return streams <= maxStreams ? judged : { kind: "off", line: refusedLine(line), refusal: undefined };
    });
  }

  #judge(offer: PeerStream, index: number, offerer: LegName, legs: Legs): Judged | MediaRefusal {
    const answerer = offerer === "a" ? "b" : "a";
    const refusal =
      judgeProfile(offer.profile, legs[offerer]) ??
      (offer.endpoint && judgeEndpoint(offer.endpoint, legs[offerer], (port) => this.#context.desk.isOurs(port)));
    if (refusal !== undefined) return refusal;
    const { random } = this.#context;
    const stands = this.#standing[index];
    const standing = stands?.media === offer.media ? stands : undefined;
    const secure = offer.profile.keying === "sdes";
    const suites = usableSuites(legs[offerer].suites);
    const offererKeys = secure ? choose(offer.cryptos, suites, standing?.[offerer].keys, random) : undefined;
    if (secure && offererKeys === undefined) return "no-common-suite";
    // A stream that runs keeps its profile: only its policy for new ones may have changed meanwhile.
    const answererProfile = standing?.[answerer].profile ?? profileToOffer(legs[answerer], offer.profile.feedback);
    const proposals =
      answererProfile.keying === "sdes"
        ? propose(usableSuites(legs[answerer].suites), standing?.[answerer].keys, random)
        : [];
    return { kind: "rtp", index, offer, offererKeys, answererProfile, proposals, standing };
  }

  /** Why an offer without a single usable stream is refused. One that switches every stream of a running call off is not. */
  #nothingLeft(judged: readonly Judged[]): MediaRefusal | undefined {
    if (judged.some((line) => line.kind === "rtp")) return undefined;
    const refused = judged.find((line) => line.kind === "off" && line.refusal !== undefined);
    if (refused?.kind === "off" && refused.refusal !== undefined) return refused.refusal;
    const allOff = judged.length > 0 && judged.every((line) => line.kind === "off" && !line.line.offered);
    return allOff && this.#standing.length > 0 ? undefined : "no-media";
  }

  async #openAll(
    judged: readonly Judged[],
    legs: Legs,
    opened: OpenPair[],
  ): Promise<readonly OfferedLine[] | MediaRefusal> {
    const lines: OfferedLine[] = [];
    for (const line of judged) {
      if (line.kind === "off") {
        lines.push(line.line);
        continue;
      }
      const pairs = line.standing
        ? { a: line.standing.a.pair, b: line.standing.b.pair }
        : await this.#openBoth(line.index, line.offer.media === "video" ? "video" : "audio", legs, opened);
      if (typeof pairs === "string") return pairs;
      lines.push({ ...line, pairs });
    }
    return lines;
  }

  async #openBoth(
    stream: number,
    media: "audio" | "video",
    legs: Legs,
    opened: OpenPair[],
  ): Promise<OfferedStream["pairs"] | MediaRefusal> {
    const { call, group, desk } = this.#context;
    const openOne = (leg: LegName) =>
      desk.open({ owner: { call, leg, stream }, group, address: legs[leg].localAddress, media });
    const [a, b] = await Promise.all([openOne("a"), openOne("b")]);
    for (const pair of [a, b]) if (typeof pair !== "string") opened.push(pair);
    if (typeof a === "string") return a;
    if (typeof b === "string") return b;
    this.#context.submit([{ kind: "join", left: a.id, right: b.id }]);
    return { a, b };
  }

  #apply(agreement: Agreement, legs: Legs): void {
    const learn = this.#context.learn();
    const commands: EngineCommand[] = [];
    const used = new Set<OpenPair>();
    for (const stream of agreement) {
      if (stream === undefined) continue;
      for (const [leg, other] of [
        ["a", "b"],
        ["b", "a"],
      ] as const) {
        const { pair, peer, keys } = stream[leg];
        used.add(pair);
        const config = pairConfig(legs[leg], peer, keys, stream[other].peer.formats, learn);
        const feedback = stream.a.profile.feedback && stream.b.profile.feedback;
        commands.push({ kind: "configure", pair: pair.id, config: { ...config, rtcp: { ...config.rtcp, feedback } } });
      }
    }
    for (const pair of this.#pairs) {
      if (!used.has(pair)) commands.push({ kind: "configure", pair: pair.id, config: silence });
    }
    this.#context.submit(commands);
  }

  /** Gives back every pair that neither what stands nor a pending offer needs. */
  #releaseUnused(): void {
    const needed = new Set<OpenPair>();
    for (const stream of this.#standing) {
      if (stream !== undefined) needed.add(stream.a.pair).add(stream.b.pair);
    }
    for (const line of [...(this.#exchange?.lines ?? []), ...(this.#exchange?.before?.lines ?? [])]) {
      if (line.kind === "rtp") needed.add(line.pairs.a).add(line.pairs.b);
    }
    for (const pair of this.#pairs) {
      if (needed.has(pair)) continue;
      this.#pairs.delete(pair);
      this.#context.desk.release(pair);
    }
  }
}
