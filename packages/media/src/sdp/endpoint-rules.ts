/**
 * Which media addresses a peer's SDP may name: threat L14. They are where we send packets to, so that whoever may name any
 * address has us send anywhere. What is asked holds for RTP, RTCP (which is always at the same address) and fax alike.
 * Candidates are not read at all: with ICE a peer is where its authenticated checks come from.
 */
import { type Cidr, PrefixSet, parseCidr } from "@ringfence/policy";
import type { LegMedia } from "../media-port.ts";
import type { MediaRefusal } from "../refusal.ts";
import { addressKind, canonicalAddress, sameFamily, sameNetwork } from "./address.ts";
import { lowestPort, type PeerEndpoint } from "./sdp-read.ts";

/** Why this leg's peer must not have its media sent there; undefined when it may. `far`: the other leg. */
export function judgeEndpoint(
  endpoint: PeerEndpoint,
  leg: LegMedia,
  far: LegMedia,
  isOurs: (port: number) => boolean,
): MediaRefusal | undefined {
  const { address, rtpPort } = endpoint;
  const signalling = signallingAddress(leg);
  const kind = addressKind(address);
  if (kind === "multicast" || kind === "unspecified" || rtpPort < lowestPort) return "bad-address";
  // Loopback and link-local are this machine's or this wire's: only a peer that is there itself may name them.
  if ((kind === "loopback" || kind === "link-local") && kind !== addressKind(signalling)) return "bad-address";
  // A PBX that does not relay hands our own core-side address from one call to the other; nobody else may name us.
  const us = address === leg.localAddress || address === leg.advertisedAddress || address === far.localAddress;
  if (us && leg.side !== "core" && isOurs(rtpPort)) return "bad-address";
  const allowed = allowedPrefixes(leg);
  if (allowed !== undefined && !allowed.has(address)) return "address-not-allowed";
  return leg.mediaPorts !== undefined && outside(leg.mediaPorts, endpoint) ? "port-not-allowed" : undefined;
}

/** RTCP may be the odd port above the range's last one. */
function outside({ first, last }: NonNullable<LegMedia["mediaPorts"]>, { rtpPort, rtcpPort }: PeerEndpoint): boolean {
  return rtpPort < first || rtpPort > last || rtcpPort < first || rtcpPort > last + 1;
}

/**
 * What a peer may name, and is not believed: nothing is sent there, and only who signals may claim the stream. Phones
 * behind a NAT name such addresses all day, so it is no reason to refuse the call.
 */
export function notBelieved(endpoint: PeerEndpoint, leg: LegMedia, far: LegMedia): boolean {
  const { address } = endpoint;
  // Our sockets are of the family that the peer signals over.
  if (!sameFamily(address, leg.localAddress)) return true;
  const signalling = signallingAddress(leg);
  if (leg.side === "core" || address === signalling) return false;
  // Behind a NAT: whoever has that address here is somebody else.
  if (addressKind(address) === "private" && addressKind(signalling) === "public") return true;
  return far.side === "core" && isInside(address, signalling, far);
}

/** The PBX, or its network, named by somebody who is not in it. */
function isInside(address: string, signalling: string, core: LegMedia): boolean {
  const pbx = signallingAddress(core);
  if (address === pbx || address === core.localAddress) return true;
  return addressKind(pbx) === "private" && sameNetwork(address, pbx) && !sameNetwork(signalling, pbx);
}

export function signallingAddress(leg: LegMedia): string {
  return canonicalAddress(leg.signallingAddress) ?? leg.signallingAddress;
}

/** Where a trunk's media may come from and go to; undefined: the configuration does not say. */
export function allowedPrefixes(leg: LegMedia): PrefixSet | undefined {
  if (leg.side !== "trunk" || leg.mediaFrom === undefined || leg.mediaFrom.length === 0) return undefined;
  const cidrs: Cidr[] = [];
  for (const text of leg.mediaFrom) {
    const cidr = parseCidr(text);
    if (typeof cidr !== "string") cidrs.push(cidr);
  }
  return new PrefixSet(cidrs);
}
