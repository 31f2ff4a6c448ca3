/** What two legs agreed on, one entry a line of the SDP; and how an offer and its answer become one. Pure. */
import { codecsOf } from "./codecs.ts";
import { conclude, type Keys, type Proposal } from "./keying.ts";
import { judgeEndpoint, type PeerFacts } from "./leg.ts";
import type { LegMedia, LegName } from "./media-port.ts";
import type { OpenPair } from "./pair-desk.ts";
import type { MediaRefusal } from "./refusal.ts";
import { crossingDirection, refusedLine, type WrittenLine } from "./sdp-anchor.ts";
import type { Direction, OffStream, PeerLine, PeerStream, Profile } from "./sdp-read.ts";

/** One leg of an agreed stream. */
export interface AgreedLeg {
  readonly pair: OpenPair;
  readonly profile: Profile;
  readonly keys: Keys | undefined;
  readonly peer: PeerFacts;
  /** As this leg's peer said it. */
  readonly direction: Direction;
}

export interface AgreedStream {
  readonly media: PeerStream["media"];
  readonly a: AgreedLeg;
  readonly b: AgreedLeg;
}

/** undefined: that line is off. */
export type Agreement = readonly (AgreedStream | undefined)[];

/** An offered stream that waits for its answer. */
export interface OfferedStream {
  readonly kind: "rtp";
  readonly offer: PeerStream;
  /** The offerer's leg: decided with the offer, since the answer to it follows from it. */
  readonly offererKeys: Keys | undefined;
  readonly answererProfile: Profile;
  readonly proposals: readonly Proposal[];
  readonly standing: AgreedStream | undefined;
  readonly pairs: { readonly a: OpenPair; readonly b: OpenPair };
}

export type OfferedLine = OfferedStream | OffStream;

export interface AnswerFacts {
  readonly offerer: LegName;
  readonly answerer: LegName;
  /** The answerer's leg. */
  readonly leg: LegMedia;
  readonly isOurs: (port: number) => boolean;
}

export type Concluded =
  | { readonly ok: true; readonly agreement: Agreement; readonly written: readonly WrittenLine[] }
  | { readonly ok: false; readonly reason: MediaRefusal };

/** The agreement, and what to write to the offerer. RFC 3264 §6: the same lines in the same order, of the same kind. */
export function concludeAll(
  offered: readonly OfferedLine[],
  answered: readonly PeerLine[],
  facts: AnswerFacts,
): Concluded {
  if (offered.length !== answered.length) return { ok: false, reason: "answer-mismatch" };
  const agreement: (AgreedStream | undefined)[] = [];
  const written: WrittenLine[] = [];
  for (const [index, line] of offered.entries()) {
    const answer = answered[index] as PeerLine;
    if (line.kind === "off" || (answer.kind === "off" && !answer.offered)) {
      agreement.push(undefined);
      written.push(line.kind === "off" ? line : refusedLine(line.offer));
      continue;
    }
    const stream = answer.kind === "off" ? "answer-mismatch" : concludeOne(line, answer, facts);
    if (typeof stream === "string") return { ok: false, reason: stream };
    agreement.push(stream);
    written.push(answerLine(line, answer as PeerStream, facts));
  }
  return { ok: true, agreement, written };
}

function concludeOne(line: OfferedStream, answer: PeerStream, facts: AnswerFacts): AgreedStream | MediaRefusal {
  if (answer.media !== line.offer.media || answer.profile.keying !== line.answererProfile.keying)
    return "answer-mismatch";
  const bad = answer.endpoint && judgeEndpoint(answer.endpoint, facts.leg, facts.isOurs);
  if (bad !== undefined) return bad;
  const secure = line.answererProfile.keying === "sdes";
  const keys = secure ? conclude(answer.cryptos, line.proposals) : undefined;
  if (secure && keys === undefined) return "no-common-suite";
  const { offerer, answerer } = facts;
  const offererLeg = agreedLeg(line, line.offer, offerer, line.offer.profile, line.offererKeys);
  const answererLeg = agreedLeg(line, answer, answerer, line.answererProfile, keys);
  const legs = offerer === "a" ? { a: offererLeg, b: answererLeg } : { a: answererLeg, b: offererLeg };
  return { media: line.offer.media, ...legs };
}

function agreedLeg(
  line: OfferedStream,
  said: PeerStream,
  leg: LegName,
  profile: Profile,
  keys: Keys | undefined,
): AgreedLeg {
  const endpoint = said.endpoint ?? line.standing?.[leg].peer.endpoint;
  const peer = {
    endpoint,
    held: said.endpoint === undefined,
    formats: said.formats,
    codecs: codecsOf(said.formats, said.crossing),
  };
  return { pair: line.pairs[leg], profile, keys, peer, direction: said.direction };
}

function answerLine(line: OfferedStream, answer: PeerStream, facts: AnswerFacts): WrittenLine {
  const keys = line.offererKeys;
  return {
    kind: "rtp",
    media: line.offer.media,
    profile: line.offer.profile,
    port: line.pairs[facts.offerer].port,
    formats: answer.formats,
    crossing: answer.crossing,
    direction: crossingDirection(answer),
    cryptos: keys === undefined ? [] : [{ tag: keys.tag, key: keys.outbound }],
  };
}

/** What to write to the answerer. */
export function offerLine(line: OfferedLine, answerer: LegName): WrittenLine {
  if (line.kind === "off") return line;
  const { offer } = line;
  return {
    kind: "rtp",
    media: offer.media,
    profile: line.answererProfile,
    port: line.pairs[answerer].port,
    formats: offer.formats,
    crossing: offer.crossing,
    direction: crossingDirection(offer),
    cryptos: line.proposals,
  };
}

/** Silence is expected: every stream is stopped in at least one direction, or there is none. */
export function isOnHold(agreement: Agreement): boolean {
  return agreement.every((stream) => stream === undefined || legOnHold(stream.a) || legOnHold(stream.b));
}

function legOnHold(leg: AgreedLeg): boolean {
  return leg.peer.held || leg.direction !== "sendrecv";
}
