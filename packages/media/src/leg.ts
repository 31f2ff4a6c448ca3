/** One leg's rules: which media addresses its SDP may name, and whose packets count. Threats L1, and the cheap part of L14. */
import { type Cidr, PrefixSet, parseCidr } from "@ringfence/policy";
import { addressKind, canonicalAddress } from "./address.ts";
import { type LatchRules, type PairConfig, plainTransport } from "./engine/engine.ts";
import type { Keys } from "./keying.ts";
import type { LegMedia } from "./media-port.ts";
import type { MediaRefusal } from "./refusal.ts";
import { lowestPort, type PeerEndpoint, type Profile } from "./sdp-read.ts";
import type { MediaSettings } from "./settings.ts";

/** A peer's media as last agreed, or about to be. */
export interface PeerFacts {
  /** The last real endpoint: a hold by c=0.0.0.0 keeps the one before. undefined when there never was one. */
  readonly endpoint: PeerEndpoint | undefined;
  /** Named 0.0.0.0: gets nothing. */
  readonly held: boolean;
  readonly formats: readonly string[];
}

/** Why this leg's peer must not have its media sent there; undefined when it may. */
export function judgeEndpoint(
  endpoint: PeerEndpoint,
  leg: LegMedia,
  isOurs: (port: number) => boolean,
): MediaRefusal | undefined {
  const signalling = addressKind(signallingAddress(leg));
  const kind = addressKind(endpoint.address);
  if (kind === "multicast" || endpoint.rtpPort < lowestPort) return "bad-address";
  // Loopback and link-local are this machine's or this wire's: only a peer that is there itself may name them.
  if ((kind === "loopback" || kind === "link-local") && kind !== signalling) return "bad-address";
  // A PBX that does not relay hands our own core-side address from one call to the other; nobody else may name us.
  const us = endpoint.address === leg.localAddress || endpoint.address === leg.advertisedAddress;
  if (us && leg.side !== "core" && isOurs(endpoint.rtpPort)) return "bad-address";
  const allowed = allowedPrefixes(leg);
  return allowed !== undefined && !allowed.has(endpoint.address) ? "address-not-allowed" : undefined;
}

/** The profile of an offer we make to this leg for a stream that is new. */
export function profileToOffer(leg: LegMedia, feedback: boolean): Profile {
  const secure = leg.srtp === "required" || (leg.srtp === "optional" && leg.secureSignalling);
  return { keying: secure ? "sdes" : "none", feedback };
}

/** Whether this leg's policy takes a stream of that profile from its peer. */
export function judgeProfile(profile: Profile, leg: LegMedia): MediaRefusal | undefined {
  if (profile.keying === "dtls") return "dtls-not-supported";
  if (profile.keying === "sdes") return leg.srtp === "off" ? "srtp-not-allowed" : undefined;
  return leg.srtp === "required" ? "srtp-required" : undefined;
}

/** What the engine needs to know of this leg of one stream. `otherFormats`: payload types the far peer listed. */
export function pairConfig(
  leg: LegMedia,
  peer: PeerFacts,
  keys: Keys | undefined,
  otherFormats: readonly string[],
  learn: MediaSettings["learn"],
): PairConfig {
  const types = new Set([...peer.formats, ...otherFormats].map(Number));
  return {
    ...plainTransport,
    send: !peer.held,
    inbound: keys?.inbound,
    outbound: keys?.outbound,
    latch: {
      ...sources(leg, peer.endpoint),
      windowMs: learn.windowMs,
      packets: learn.packets,
      payloadTypes: [...types],
    },
  };
}

/** Drops whatever still comes to a pair that no stream uses any more. */
export const silence: PairConfig = {
  ...plainTransport,
  send: false,
  inbound: undefined,
  outbound: undefined,
  latch: { signalled: undefined, sendAtOnce: false, learnFrom: [], windowMs: 0, packets: 1, payloadTypes: [] },
};

/** Where this leg's media is, as far as its description is believed, and who may claim it from elsewhere. */
export function sources(
  leg: LegMedia,
  endpoint: PeerEndpoint | undefined,
): Pick<LatchRules, "signalled" | "sendAtOnce" | "learnFrom"> {
  const signalling = signallingAddress(leg);
  const allowed = allowedPrefixes(leg);
  // A phone's SDP names its own address behind the NAT; only where it really signals from may it claim a stream.
  const named = endpoint === undefined || leg.side === "phone" ? [] : [endpoint.address];
  const learnFrom = [...new Set([signalling, ...named])].filter((address) => allowed?.has(address) ?? true);
  if (endpoint === undefined || hiddenBehindNat(leg, endpoint)) {
    return { signalled: undefined, sendAtOnce: false, learnFrom };
  }
  const { address, rtpPort, rtcpPort } = endpoint;
  return {
    signalled: { rtp: { address, port: rtpPort }, rtcp: { address, port: rtcpPort } },
    sendAtOnce: leg.side === "core" || address === signalling || allowed?.has(address) === true,
    learnFrom,
  };
}

/** A private address named by a peer whose signalling comes from a public one is not reachable, and whoever is there with us is somebody else. */
function hiddenBehindNat(leg: LegMedia, endpoint: PeerEndpoint): boolean {
  return (
    leg.side !== "core" &&
    addressKind(endpoint.address) === "private" &&
    addressKind(signallingAddress(leg)) === "public"
  );
}

export function signallingAddress(leg: LegMedia): string {
  return canonicalAddress(leg.signallingAddress) ?? leg.signallingAddress;
}

function allowedPrefixes(leg: LegMedia): PrefixSet | undefined {
  if (leg.side !== "trunk" || leg.mediaFrom === undefined || leg.mediaFrom.length === 0) return undefined;
  const cidrs: Cidr[] = [];
  for (const text of leg.mediaFrom) {
    const cidr = parseCidr(text);
    if (typeof cidr !== "string") cidrs.push(cidr);
  }
  return new PrefixSet(cidrs);
}
