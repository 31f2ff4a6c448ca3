/**
 * What the peers of a call on an instance said, judged by the rules that calls on our own engine have: profile, address,
 * keys. Pure. Ports and our keys are the instance's, so they come later.
 */
import { choose, conclude, type Keys, type Proposal, usableSuites } from "../keying.ts";
import { judgeEndpoint, judgeProfile, type PeerFacts, profileToOffer, signallingAddress, sources } from "../leg.ts";
import type { LegMedia, LegName, Legs } from "../media-port.ts";
import type { MediaRefusal } from "../refusal.ts";
import { crossingDirection, refusedLine } from "../sdp-anchor.ts";
import type { OffStream, PeerLine, PeerStream, Profile } from "../sdp-read.ts";
import { maxStreams } from "../settings.ts";
import type { Told, ToldStream } from "./farm-sdp.ts";
import type { Learning } from "./ng-message.ts";

/** One leg of an agreed stream. */
export interface FarmLeg {
  readonly profile: Profile;
  /** The instance's port towards this leg. */
  readonly port: number;
  readonly keys: Keys | undefined;
  readonly peer: PeerFacts;
  /** As this leg's peer said it last. */
  readonly said: PeerStream;
}

export interface FarmStream {
  readonly media: PeerStream["media"];
  readonly a: FarmLeg;
  readonly b: FarmLeg;
}

/** undefined: that line is off. */
export type Standing = readonly (FarmStream | undefined)[];

/** An offered stream that was judged. */
export interface JudgedStream {
  readonly kind: "rtp";
  readonly offer: PeerStream;
  /** `outbound` is the one in use, or one of no meaning until the instance says its own. */
  readonly offererKeys: Keys | undefined;
  readonly answererProfile: Profile;
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
    const verdict = line.kind === "off" ? line : judgeStream(line, index, facts);
    if (typeof verdict === "string") {
      refusal ??= verdict;
      judged.push(refusedLine(line as PeerStream));
    } else if (verdict.kind === "rtp" && (++streams > maxStreams || !keyedAlike(first, verdict))) {
      judged.push(refusedLine(verdict.offer));
    } else {
      judged.push(verdict);
      if (verdict.kind === "rtp") first ??= verdict;
    }
  }
  if (first !== undefined) return judged;
  if (refusal !== undefined) return refusal;
  // One that switches every stream of a running call off is not refused.
  const allOff = offered.length > 0 && offered.every((line) => line.kind === "off" && !line.offered);
  return allOff && facts.standing.length > 0 ? judged : "no-media";
}

/** An instance offers one protocol for a whole call: a stream that would need the other one is refused. */
function keyedAlike(first: JudgedStream | undefined, stream: JudgedStream): boolean {
  return first === undefined || first.answererProfile.keying === stream.answererProfile.keying;
}

function judgeStream(offer: PeerStream, index: number, facts: JudgeFacts): JudgedStream | MediaRefusal {
  const { offerer, answerer, legs, random } = facts;
  const refusal = judgeProfile(offer.profile, legs[offerer]) ?? judgePlace(offer, legs[offerer], facts.isOurs);
  if (refusal !== undefined) return refusal;
  const stands = facts.standing[index];
  const standing = stands?.media === offer.media ? stands : undefined;
  const secure = offer.profile.keying === "sdes";
  const suites = usableSuites(legs[offerer].suites);
  const offererKeys = secure ? choose(offer.cryptos, suites, standing?.[offerer].keys, random) : undefined;
  if (secure && offererKeys === undefined) return "no-common-suite";
  // A stream that runs keeps its profile: only its policy for new ones may have changed meanwhile.
  const answererProfile = standing?.[answerer].profile ?? profileToOffer(legs[answerer], offer.profile.feedback);
  return { kind: "rtp", offer, offererKeys, answererProfile, standing };
}

function judgePlace(said: PeerStream, leg: LegMedia, isOurs: JudgeFacts["isOurs"]): MediaRefusal | undefined {
  const { endpoint } = said;
  if (endpoint === undefined) return undefined;
  // No media of ours is at our own addresses: only a PBX, which may hand one call's port to another, can mean well.
  if (leg.side !== "core" && isOurs(endpoint.address, endpoint.rtpPort)) return "bad-address";
  return judgeEndpoint(endpoint, leg, () => true);
}

/** The answer to one offered stream, or why not. `proposals`: what the answerer was offered. */
export function judgeAnswer(
  line: JudgedStream,
  answer: PeerStream,
  leg: LegMedia,
  proposals: readonly Proposal[],
  isOurs: JudgeFacts["isOurs"],
): { readonly keys: Keys | undefined } | MediaRefusal {
  if (answer.media !== line.offer.media || answer.profile.keying !== line.answererProfile.keying)
    return "answer-mismatch";
  const refusal = judgePlace(answer, leg, isOurs);
  if (refusal !== undefined) return refusal;
  if (line.answererProfile.keying !== "sdes") return { keys: undefined };
  const keys = conclude(answer.cryptos, proposals);
  return keys === undefined ? "no-common-suite" : { keys };
}

/** A hold by c=0.0.0.0 keeps the endpoint there was before. */
export function peerFacts(said: PeerStream, before: FarmLeg | undefined): PeerFacts {
  const endpoint = said.endpoint ?? before?.peer.endpoint;
  return { endpoint, held: said.endpoint === undefined, formats: said.formats };
}

export interface Saying {
  readonly said: PeerStream;
  readonly peer: PeerFacts;
  readonly crypto: Proposal | undefined;
}

/** What an instance is told of one leg. `held`: whether it may be told of a hold by address, which needs a call that stands. */
export function tell(leg: LegMedia, sayings: readonly (Saying | string)[], held: "allowed" | "too-early"): Told {
  let learning: Learning = "off";
  const lines = sayings.map((saying): ToldStream | string => {
    if (typeof saying === "string") return saying;
    const { said, peer, crypto } = saying;
    const { formats, crossing, media } = said;
    const onHold = peer.held && held === "allowed";
    const known = onHold ? undefined : knownPlace(leg, peer);
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
  peer: PeerFacts,
): { readonly place: ToldStream["place"]; readonly learning: Learning } {
  const { signalled, sendAtOnce } = sources(leg, peer.endpoint);
  if (signalled !== undefined && (sendAtOnce || leg.side === "trunk")) {
    const place = { address: signalled.rtp.address, rtpPort: signalled.rtp.port, rtcpPort: signalled.rtcp.port };
    return { place, learning: "off" };
  }
  const { rtpPort = 9, rtcpPort = 9 } = peer.endpoint ?? {};
  return { place: { address: signallingAddress(leg), rtpPort, rtcpPort }, learning: "heuristic" };
}
