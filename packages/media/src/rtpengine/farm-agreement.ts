/**
 * What the peers of a call on an instance said, judged by the rules that calls on our own engine have: profile, keys, codecs,
 * address. Pure. Ports and our keys are the instance's, so they come later. DTLS, ICE, rtcp-mux, BUNDLE and fax are not
 * asked of instances: a stream that insists on one is refused.
 */

import type { LegMedia, LegName, Legs } from "../media-port.ts";
import { filterCodecs } from "../negotiation/codec-policy.ts";
import type { Proposal } from "../negotiation/keying.ts";
import type { PeerFacts } from "../negotiation/leg.ts";
import {
  acceptAnswer,
  acceptOffer,
  type Link,
  type LinkFacts,
  type LinkOffer,
  proposeTo,
} from "../negotiation/link.ts";
import { crossingDirection, refusedLine } from "../negotiation/sdp-anchor.ts";
import type { MediaRefusal } from "../refusal.ts";
import { codecsOf } from "../sdp/codecs.ts";
import { judgeEndpoint, notBelieved, signallingAddress } from "../sdp/endpoint-rules.ts";
import type { OffStream, PeerLine, PeerStream } from "../sdp/sdp-read.ts";
import { maxStreams } from "../settings.ts";
import type { Told, ToldStream } from "./farm-sdp.ts";
import type { Learning } from "./ng-message.ts";

/** One leg of an agreed stream. */
export interface FarmLeg {
  /** The instance's port towards this leg. */
  readonly port: number;
  readonly link: Link;
  readonly peer: PeerFacts;
  /** As this leg's peer said it last. */
  readonly said: PeerStream;
}

export interface FarmStream {
  readonly media: PeerStream["media"];
  readonly a: FarmLeg;
  readonly b: FarmLeg;
}

/** Stopped in at least one direction. */
export function isHeld({ peer, said }: FarmLeg): boolean {
  return peer.held || said.direction !== "sendrecv";
}

/** undefined: that line is off. */
export type Standing = readonly (FarmStream | undefined)[];

/** An offered stream that was judged. */
export interface JudgedStream {
  readonly kind: "stream";
  /** Without the codecs that a policy keeps back. */
  readonly offer: PeerStream;
  /** Its `keys.outbound` is the one in use, or one of no meaning until the instance says its own. */
  readonly offererLink: Link;
  /** Its keys have no meaning: the instance's take their place. */
  readonly linkOffer: LinkOffer;
  readonly standing: FarmStream | undefined;
}

export type JudgedLine = JudgedStream | OffStream;

export interface JudgeFacts {
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly legs: Legs;
  readonly standing: Standing;
  readonly random: (octets: number) => Uint8Array;
  /** Whether an address and port are an instance's that one of our calls holds. */
  readonly isOurs: (address: string, port: number) => boolean;
}

/** A line each, or why nothing of the offer is left. */
export function judgeOffer(offered: readonly PeerLine[], facts: JudgeFacts): readonly JudgedLine[] | MediaRefusal {
  const judged: JudgedLine[] = [];
  let [first, refusal]: [JudgedStream | undefined, MediaRefusal | undefined] = [undefined, undefined];
  let streams = 0;
  for (const [index, line] of offered.entries()) {
    if (line.kind === "off") {
      judged.push(line);
      continue;
    }
    const verdict = judgeStream(line, index, facts);
    if (typeof verdict === "string") refusal ??= verdict;
    if (typeof verdict === "string" || ++streams > maxStreams || !keyedAlike(first, verdict)) {
      judged.push(refusedLine(line));
    } else {
      judged.push(verdict);
      first ??= verdict;
    }
  }
  if (first !== undefined) return judged;
  if (refusal !== undefined) return refusal;
  // One that switches every stream of a running call off is not refused.
  const allOff = offered.length > 0 && offered.every((line) => line.kind === "off" && !line.offered);
  return allOff && facts.standing.length > 0 ? judged : "no-media";
}

/** An instance offers one protocol for a whole call, but for fax: a stream that would need the other one is refused. */
function keyedAlike(first: JudgedStream | undefined, stream: JudgedStream): boolean {
  if (first?.offer.media === "image" || stream.offer.media === "image") return true;
  return first === undefined || isKeyed(first.linkOffer) === isKeyed(stream.linkOffer);
}

/** Whether the answerer is offered keys. */
export function isKeyed({ proposals }: LinkOffer): boolean {
  return proposals.length > 0;
}

function judgeStream(line: PeerStream, index: number, facts: JudgeFacts): JudgedStream | MediaRefusal {
  const { offerer, answerer, legs } = facts;
  const offer = filterCodecs(line, [legs[answerer].codecs, legs[offerer].codecs]);
  if (offer === undefined) return "no-common-codec";
  const stands = facts.standing[index];
  const standing = stands?.media === offer.media ? stands : undefined;
  const link = acceptOffer(offer, linkFacts(legs[offerer], standing?.[offerer].link, facts));
  if (typeof link === "string") return link;
  const refusal = judgePlace(offer, legs[offerer], legs[answerer], facts.isOurs);
  if (refusal !== undefined) return refusal;
  const linkOffer = proposeTo(offer, linkFacts(legs[answerer], standing?.[answerer].link, facts));
  if (typeof linkOffer === "string") return linkOffer;
  return { kind: "stream", offer, offererLink: { ...link, mux: false }, linkOffer, standing };
}

/** RFC 8643 is not asked of instances: where SRTP may be had it is offered by its own profile. */
function linkFacts(leg: LegMedia, standing: Link | undefined, { random }: JudgeFacts): LinkFacts {
  const srtp = leg.srtp === "opportunistic" ? "optional" : leg.srtp;
  return { leg: { ...leg, srtp }, standing, random, hasDtls: false, credentials: undefined };
}

function judgePlace(
  { endpoint }: PeerStream,
  leg: LegMedia,
  far: LegMedia,
  isOurs: JudgeFacts["isOurs"],
): MediaRefusal | undefined {
  if (endpoint === undefined) return undefined;
  // No media of ours is at our own addresses: only a PBX, which may hand one call's port to another, can mean well.
  if (leg.side !== "core" && isOurs(endpoint.address, endpoint.rtpPort)) return "bad-address";
  return judgeEndpoint(endpoint, leg, far, () => true);
}

/** The answer to one offered stream, or why not. `proposals`: what the answerer was shown. */
export function judgeAnswer(
  line: JudgedStream,
  said: PeerStream,
  proposals: readonly Proposal[],
  { offerer, answerer, legs, isOurs }: Pick<JudgeFacts, "offerer" | "answerer" | "legs" | "isOurs">,
): { readonly answer: PeerStream; readonly link: Link } | MediaRefusal {
  if (said.media !== line.offer.media) return "answer-mismatch";
  const answer = filterCodecs(said, [legs[offerer].codecs, legs[answerer].codecs]);
  if (answer === undefined) return "no-common-codec";
  const link = acceptAnswer(answer, { ...line.linkOffer, proposals }, line.standing?.[answerer].link);
  if (typeof link === "string") return link;
  const refusal = judgePlace(answer, legs[answerer], legs[offerer], isOurs);
  return refusal ?? { answer, link };
}

/** A hold by c=0.0.0.0 keeps the endpoint there was before. */
export function peerFacts(said: PeerStream, before: FarmLeg | undefined): PeerFacts {
  const { held, formats } = said;
  const endpoint = said.endpoint ?? before?.peer.endpoint;
  return { endpoint, held, formats, codecs: codecsOf(formats, said.crossing) };
}

export interface Saying {
  readonly said: PeerStream;
  readonly peer: PeerFacts;
  readonly crypto: Proposal | undefined;
}

/** What an instance is told of one leg. `held`: whether it may be told of a hold by address, which needs a call that stands. */
export function tell(
  { leg, far }: { readonly leg: LegMedia; readonly far: LegMedia },
  sayings: readonly (Saying | string)[],
  held: "allowed" | "too-early",
): Told {
  let learning: Learning = "off";
  const lines = sayings.map((saying): ToldStream | string => {
    if (typeof saying === "string") return saying;
    const { said, peer, crypto } = saying;
    const { formats, crossing, media } = said;
    const onHold = peer.held && held === "allowed";
    const known = onHold ? undefined : knownPlace(leg, far, peer);
    if (known?.learning === "heuristic") learning = "heuristic";
    return { media, place: known?.place, formats, crossing, direction: crossingDirection(said), crypto };
  });
  return { lines, learning };
}

/**
 * Where an instance is to send, and from where alone it takes packets. A peer whose description is not believed, a phone
 * behind NAT above all, is expected at the address that it signals from, and its port is learnt.
 */
function knownPlace(
  leg: LegMedia,
  far: LegMedia,
  { endpoint }: PeerFacts,
): { readonly place: ToldStream["place"]; readonly learning: Learning } {
  const signalling = signallingAddress(leg);
  // A phone that names another place than it signals from could mean anybody: nothing is sent there unasked.
  const itself = leg.side !== "phone" || endpoint?.address === signalling;
  if (endpoint !== undefined && itself && !notBelieved(endpoint, leg, far)) return { place: endpoint, learning: "off" };
  const { rtpPort = 9, rtcpPort = 9 } = endpoint ?? {};
  return { place: { address: signalling, rtpPort, rtcpPort }, learning: "heuristic" };
}
