/** What two legs agreed on, one entry a line of the SDP; and how an offer and its answer become one. Pure. */

import type { LegName, Legs } from "../media-port.ts";
import type { OpenPair } from "../ports/pair-desk.ts";
import type { MediaRefusal } from "../refusal.ts";
import type { RtcpRules } from "../rtcp/rtcp-filter.ts";
import { type Codec, codecsOf } from "../sdp/codecs.ts";
import { isFeedback } from "../sdp/crossing-attributes.ts";
import { judgeEndpoint } from "../sdp/endpoint-rules.ts";
import type { OffStream, PeerDescription, PeerLine, PeerStream } from "../sdp/sdp-read.ts";
import { sharedTransport } from "./bundle.ts";
import { filterCodecs } from "./codec-policy.ts";
import type { PeerFacts } from "./leg.ts";
import { acceptAnswer, type Link, type LinkOffer } from "./link.ts";
import { requestsAnswered, requestsOffered } from "./picture-requests.ts";
import { answeredTransport, crossingDirection, offeredTransport, refusedLine, type WrittenLine } from "./sdp-anchor.ts";
import { answeredEvents, eventsOf, offeredEvents } from "./telephone-event.ts";

/** One leg of an agreed stream. */
export interface AgreedLeg {
  readonly pair: OpenPair;
  readonly link: Link;
  readonly peer: PeerFacts;
  /** Key presses as events, where both this peer and we said so (RFC 4733). */
  readonly events: Codec | undefined;
  /** As this leg's peer said it. */
  readonly direction: PeerStream["direction"];
}

export interface AgreedStream {
  readonly media: PeerStream["media"];
  /** What both legs have: feedback of AVPF (RFC 4585), RTCP that does not begin with a report (RFC 5506). */
  readonly rtcp: RtcpRules;
  readonly a: AgreedLeg;
  readonly b: AgreedLeg;
}

/** undefined: that line is off. */
export type Agreement = readonly (AgreedStream | undefined)[];

/** An offered stream that waits for its answer. */
export interface OfferedStream {
  readonly kind: "stream";
  /** Without the codecs that a policy keeps back. */
  readonly offer: PeerStream;
  /** The offerer's leg: decided with the offer, since the answer to it follows from it. */
  readonly offererLink: Link;
  readonly linkOffer: LinkOffer;
  /** The mids of lines that are bundled (RFC 9143), on each leg for itself. */
  readonly bundled: { readonly offerer: string | undefined; readonly answerer: string | undefined };
  readonly standing: AgreedStream | undefined;
  readonly pairs: { readonly a: OpenPair; readonly b: OpenPair };
}

export type OfferedLine = OfferedStream | OffStream;

export interface AnswerFacts {
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly legs: Legs;
  readonly isOurs: (port: number) => boolean;
}

export type Concluded =
  | { readonly ok: true; readonly agreement: Agreement; readonly written: readonly WrittenLine[] }
  | { readonly ok: false; readonly reason: MediaRefusal };

/** The agreement, and what to write to the offerer. RFC 3264 §6: the same lines in the same order, of the same kind. */
export function concludeAll(offered: readonly OfferedLine[], said: PeerDescription, facts: AnswerFacts): Concluded {
  const answered = sharedTransport(said).lines;
  if (offered.length !== answered.length) return { ok: false, reason: "answer-mismatch" };
  const agreement: (AgreedStream | undefined)[] = [];
  const written: WrittenLine[] = [];
  /** Of the lines that share one transport on the answerer's leg, the first. */
  let shared: Link | undefined;
  for (const [index, line] of offered.entries()) {
    const answer = answered[index] as PeerLine;
    if (line.kind === "off" || (answer.kind === "off" && !answer.offered)) {
      agreement.push(undefined);
      written.push(line.kind === "off" ? line : refusedLine(line.offer));
      continue;
    }
    const said = answer.kind === "off" ? "answer-mismatch" : readAnswer(line, answer, facts);
    const stream = typeof said === "string" ? said : concludeOne(line, said, shared, facts);
    if (typeof stream === "string" || typeof said === "string") {
      return { ok: false, reason: typeof stream === "string" ? stream : "answer-mismatch" };
    }
    if (line.bundled.answerer !== undefined) shared ??= stream[facts.answerer].link;
    agreement.push(stream);
    written.push(answerLine(line, said, facts));
  }
  return { ok: true, agreement, written };
}

/** The answer as it may go on: the same medium, and the codecs that both sides' policies allow. */
function readAnswer(line: OfferedStream, answer: PeerStream, facts: AnswerFacts): PeerStream | MediaRefusal {
  if (answer.media !== line.offer.media) return "answer-mismatch";
  const policies = [facts.legs[facts.offerer].codecs, facts.legs[facts.answerer].codecs];
  return filterCodecs(answer, policies) ?? "no-common-codec";
}

function concludeOne(
  line: OfferedStream,
  answer: PeerStream,
  shared: Link | undefined,
  facts: AnswerFacts,
): AgreedStream | MediaRefusal {
  const { offerer, answerer, legs } = facts;
  const own = acceptAnswer(answer, line.linkOffer, line.standing?.[answerer].link);
  if (typeof own === "string") return own;
  const link = line.bundled.answerer !== undefined && shared !== undefined ? { ...shared, profile: own.profile } : own;
  const bad = link.ice
    ? undefined
    : answer.endpoint && judgeEndpoint(answer.endpoint, legs[answerer], legs[offerer], facts.isOurs);
  if (bad !== undefined) return bad;
  const heard = { ...line.offer, ...toOfferer(line, answer, facts) };
  const offererLeg = { ...agreedLeg(line, line.offer, offerer, line.offererLink), events: eventsOf(heard) };
  const taken = offeredEvents(answer, legs[answerer].dtmf === "info" ? "info" : "auto");
  const answererLeg = { ...agreedLeg(line, answer, answerer, link), events: eventsOf(taken) };
  const feedback = link.profile.feedback && line.offererLink.profile.feedback;
  return {
    media: line.offer.media,
    rtcp: { feedback, reducedSize: feedback && isReduced(line.offer) && isReduced(answer) },
    ...(offerer === "a" ? { a: offererLeg, b: answererLeg } : { a: answererLeg, b: offererLeg }),
  };
}

/** The codecs of the answer, as the offerer reads them. */
function toOfferer(line: OfferedStream, answer: PeerStream, { legs, offerer, answerer }: AnswerFacts) {
  const { formats, crossing } = answer;
  if (answer.media !== "audio") return { formats, crossing };
  const policies = { offerer: legs[offerer].dtmf ?? "auto", answerer: legs[answerer].dtmf ?? "auto" };
  return answeredEvents({ formats, crossing }, line.offer, policies);
}

function agreedLeg(line: OfferedStream, said: PeerStream, leg: LegName, link: Link): Omit<AgreedLeg, "events"> {
  // With ICE the peer is where its checks come from; what c= and m= name is a guess (RFC 8839 §4.2.1.2).
  const endpoint = link.ice ? undefined : (said.endpoint ?? line.standing?.[leg].peer.endpoint);
  const { held, formats } = said;
  const codecs = codecsOf(formats, said.crossing);
  const peer = { endpoint, held, formats, codecs };
  return { pair: line.pairs[leg], link, peer, direction: said.direction };
}

function answerLine(line: OfferedStream, answer: PeerStream, facts: AnswerFacts): WrittenLine {
  const { offerer } = facts;
  const codecs = toOfferer(line, answer, facts);
  const { offer, offererLink } = line;
  const { profile } = offererLink;
  const pair = line.pairs[offerer];
  const reduced = isReduced(offer);
  return {
    kind: "stream",
    media: offer.media,
    profile,
    port: (pair.bundledOn ?? pair).port,
    formats: codecs.formats,
    // RFC 5506 §5.1: an answer has reduced size only if the offer had.
    crossing: [...codecs.crossing, ...requestsAnswered(offer, answer)].filter(
      (one) => (profile.feedback || !isFeedback(one)) && (reduced || one.value !== "rtcp-rsize"),
    ),
    direction: crossingDirection(answer),
    transport: answeredTransport(offererLink),
    mid: offererLink.ice && offer.mid,
    bundle: line.bundled.offerer === undefined ? undefined : "member",
  };
}

function isReduced({ crossing }: PeerStream): boolean {
  return crossing.some(({ value }) => value === "rtcp-rsize");
}

/** What to write to the answerer. */
export function offerLine(line: OfferedLine, answerer: LegName, legs: Legs): WrittenLine {
  if (line.kind === "off") return line;
  const { offer, linkOffer } = line;
  const pair = line.pairs[answerer];
  const codecs = offer.media === "audio" ? offeredEvents(offer, legs[answerer].dtmf ?? "auto") : offer;
  const isNew = line.standing === undefined && pair.bundledOn !== undefined;
  return {
    kind: "stream",
    media: offer.media,
    profile: linkOffer.profile,
    port: isNew ? 0 : (pair.bundledOn ?? pair).port,
    formats: codecs.formats,
    crossing: [...codecs.crossing, ...requestsOffered(offer)].filter(
      (one) => linkOffer.profile.feedback || !isFeedback(one),
    ),
    direction: crossingDirection(offer),
    transport: offeredTransport(linkOffer),
    mid: line.bundled.answerer,
    bundle: line.bundled.answerer === undefined ? undefined : isNew ? "only" : "member",
  };
}

/** Silence is expected: every stream is stopped in at least one direction, or there is none. */
export function isOnHold(agreement: Agreement): boolean {
  return agreement.every((stream) => stream === undefined || legOnHold(stream.a) || legOnHold(stream.b));
}

function legOnHold(leg: AgreedLeg): boolean {
  return leg.peer.held || leg.direction !== "sendrecv";
}
