/**
 * How one leg of one stream travels: profile, keys, ICE, rtcp-mux. What we take of a peer's offer, what we offer, and
 * what an answer to that makes of it. Each leg is decided for itself: nothing here knows the other leg. Pure.
 */

import type { LegMedia } from "../media-port.ts";
import type { MediaRefusal } from "../refusal.ts";
import { type Profile, rtpProfile } from "../sdp/profile.ts";
import type { PeerStream } from "../sdp/sdp-read.ts";
import type { IceCredentials } from "../transport/transport.ts";
import { choose, conclude, type Keys, type Proposal, propose, usableSuites } from "./keying.ts";
import { acceptFingerprint, answeredFingerprint, type DtlsPeer } from "./keying-dtls.ts";

export interface Link {
  readonly profile: Profile;
  /** SDES keys. */
  readonly keys: Keys | undefined;
  /** DTLS-SRTP. Without either: plain, or fax. */
  readonly dtls: DtlsPeer | undefined;
  readonly ice: { readonly local: IceCredentials; readonly remote: IceCredentials } | undefined;
  readonly mux: boolean;
}

/** What we offer to a leg. */
export interface LinkOffer {
  readonly profile: Profile;
  /** One a suite; none without SDES. */
  readonly proposals: readonly Proposal[];
  readonly dtls: boolean;
  /** RFC 8643: keys under RTP/AVP, which the answer may leave. */
  readonly opportunistic: boolean;
  readonly ice: IceCredentials | undefined;
  readonly mux: boolean;
}

export interface LinkFacts {
  readonly leg: LegMedia;
  /** What stands on this leg; undefined for a new stream. */
  readonly standing: Link | undefined;
  readonly random: (bytes: number) => Uint8Array;
  /** The native part is there. */
  readonly hasDtls: boolean;
  /** undefined: no ICE here. */
  readonly credentials: (() => IceCredentials) | undefined;
}

const nothing = { keys: undefined, dtls: undefined, ice: undefined, mux: false } as const;

/** The answerer's part of a leg: what the peer's offer asks for, as far as policy and engine allow it. */
export function acceptOffer(offer: PeerStream, facts: LinkFacts): Link | MediaRefusal {
  const { leg } = facts;
  const { profile, transport } = offer;
  if (profile.payload === "opaque") return leg.t38 ? { ...nothing, profile } : "t38-not-allowed";
  // A phone's checks say at which port it is, whatever its keys; where carriers and the PBX are the configuration says.
  const ice = leg.side === "phone" ? answeredIce(transport.ice, facts) : undefined;
  const plain: Link = { ...nothing, profile, mux: transport.mux, ice };
  if (leg.srtp === "off") return profile.secure ? "srtp-not-allowed" : plain;
  const offered = offeredKeyings(offer);
  const allowed = leg.keying.filter((keying) => offered.includes(keying));
  const refusals: MediaRefusal[] = [];
  for (const keying of inOrder(allowed, facts.standing)) {
    const link = keying === "dtls" ? acceptDtls(offer, plain, facts) : acceptSdes(offer, plain, facts);
    if (typeof link !== "string") return link;
    refusals.push(link);
  }
  if (!profile.secure && leg.srtp !== "required") return plain;
  if (offered.length === 0) return "srtp-required";
  return refusals[0] ?? (offered.includes("dtls") && !facts.hasDtls ? "dtls-not-supported" : "keying-not-allowed");
}

/** By the name of the profile, or (RFC 8643) by what stands below RTP/AVP. */
function offeredKeyings({ profile, transport }: PeerStream): readonly ("sdes" | "dtls")[] {
  if (profile.tls) return ["dtls"];
  const sdes = transport.cryptos.length > 0 || (profile.secure && !transport.offersDtls);
  return [...(sdes ? (["sdes"] as const) : []), ...(transport.offersDtls ? (["dtls"] as const) : [])];
}

/** What runs goes on, if it is still offered. */
function inOrder<K extends "sdes" | "dtls">(allowed: readonly K[], standing: Link | undefined): readonly K[] {
  const running = standing?.dtls !== undefined ? "dtls" : standing?.keys !== undefined ? "sdes" : undefined;
  return allowed.toSorted((one, two) => Number(two === running) - Number(one === running));
}

function acceptSdes(offer: PeerStream, plain: Link, { leg, standing, random }: LinkFacts): Link | MediaRefusal {
  const keys = choose(offer.transport.cryptos, usableSuites(leg.suites), standing?.keys, random);
  return keys === undefined ? "no-common-suite" : { ...plain, keys };
}

function acceptDtls(offer: PeerStream, plain: Link, facts: LinkFacts): Link | MediaRefusal {
  if (!facts.hasDtls) return "dtls-not-supported";
  const { dtls: peer, ice } = offer.transport;
  const dtls = acceptFingerprint(peer, facts.standing?.dtls);
  if (dtls === undefined) return "bad-fingerprint";
  return { ...plain, dtls, ice: answeredIce(ice, facts) };
}

/** RFC 8445 §9: other credentials of theirs are a restart, and a restart needs others of ours. */
function answeredIce(remote: IceCredentials | undefined, { standing, credentials }: LinkFacts): Link["ice"] {
  if (remote === undefined || credentials === undefined) return undefined;
  const before = standing?.ice;
  const same = before?.remote.ufrag === remote.ufrag && before.remote.pwd === remote.pwd;
  return { local: before !== undefined && same ? before.local : credentials(), remote };
}

/** The offerer's part of a leg. `offered`: the same stream as the other leg offers it. */
export function proposeTo(offered: PeerStream, facts: LinkFacts): LinkOffer | MediaRefusal {
  const { leg, standing } = facts;
  const none = { proposals: [], dtls: false, opportunistic: false, ice: undefined, mux: false };
  if (offered.profile.payload === "opaque") {
    return leg.t38 ? { ...none, profile: offered.profile } : "t38-not-allowed";
  }
  if (standing !== undefined) return proposeAgain(standing, facts);
  // Feedback is worth little to sound, and an old PBX refuses what it calls an unknown profile.
  const feedback = offered.profile.feedback && offered.media !== "audio";
  const how = keyingToOffer(facts);
  if (how === "refused") return "dtls-not-supported";
  const ice = how === "browser" || leg.ice ? facts.credentials?.() : undefined;
  if (how === "plain") return { ...none, profile: rtpProfile({ secure: false, tls: false, feedback }), ice };
  if (how === "browser") {
    const profile = rtpProfile({ secure: true, tls: true, feedback: true });
    return { ...none, profile, dtls: true, ice, mux: true };
  }
  const secure = leg.srtp !== "opportunistic";
  const profile = rtpProfile({ secure, tls: secure && how === "dtls", feedback });
  const proposals = how === "sdes" ? propose(usableSuites(leg.suites), undefined, facts.random) : [];
  // One port and one handshake for RTP and RTCP; who answers without rtcp-mux has two of both.
  return { ...none, profile, proposals, dtls: how === "dtls", opportunistic: !secure, ice, mux: how === "dtls" };
}

/** A stream that runs keeps its profile and keys: only what the policy wants for new ones may have changed meanwhile. */
function proposeAgain(standing: Link, { leg, random }: LinkFacts): LinkOffer {
  const { profile, keys, dtls, ice, mux } = standing;
  return {
    profile,
    proposals: keys === undefined ? [] : propose(usableSuites(leg.suites), keys, random),
    dtls: dtls !== undefined,
    opportunistic: false,
    ice: ice?.local,
    mux,
  };
}

function keyingToOffer({ leg, hasDtls }: LinkFacts): "plain" | "sdes" | "dtls" | "browser" | "refused" {
  if (leg.srtp === "off") return "plain";
  if (leg.browser && hasDtls && leg.keying.includes("dtls")) return "browser";
  const first = leg.keying.find((keying) => keying === "sdes" || hasDtls);
  if (first === undefined) return leg.srtp === "required" ? "refused" : "plain";
  // Keys in clear text protect nothing; who insists on SRTP all the same gets it.
  return first === "sdes" && leg.srtp !== "required" && !leg.secureSignalling ? "plain" : first;
}

/** What the answer makes of our offer. */
export function acceptAnswer(answer: PeerStream, offer: LinkOffer, standing: Link | undefined): Link | MediaRefusal {
  const { profile } = offer;
  const { profile: theirs, transport } = answer;
  if (theirs.payload !== profile.payload || theirs.secure !== profile.secure || theirs.tls !== profile.tls)
    return "answer-mismatch";
  // Who answers AVP to AVPF does without feedback (RFC 4585 §4.1), and is offered AVP from then on.
  const agreed = theirs.feedback ? profile : theirs;
  const ice = offer.ice && transport.ice && { local: offer.ice, remote: transport.ice };
  const plain: Link = { ...nothing, profile: agreed, mux: offer.mux && transport.mux, ice };
  if (offer.proposals.length > 0) {
    const keys = conclude(transport.cryptos, offer.proposals);
    if (keys !== undefined) return { ...plain, keys };
    return offer.opportunistic && transport.cryptos.length === 0 ? plain : "no-common-suite";
  }
  if (!offer.dtls) return plain;
  if (offer.opportunistic && !transport.offersDtls) return plain;
  const dtls = answeredFingerprint(transport.dtls, standing?.dtls);
  if (dtls === undefined) return "bad-fingerprint";
  return { ...plain, dtls };
}
