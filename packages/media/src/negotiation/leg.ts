/** One leg's rules for the engine: whose packets count, where ours go, with which keys. Threat L1. */

import type { Component, Keying, KeyPresses, LatchRules, PairConfig, SrtpKey } from "../engine/engine.ts";
import { plainTransport } from "../engine/engine.ts";
import type { LegMedia } from "../media-port.ts";
import type { RtcpRules } from "../rtcp/rtcp-filter.ts";
import type { Codec } from "../sdp/codecs.ts";
import { allowedPrefixes, notBelieved, signallingAddress } from "../sdp/endpoint-rules.ts";
import type { PeerEndpoint } from "../sdp/sdp-read.ts";
import type { MediaSettings } from "../settings.ts";
import type { Link } from "./link.ts";

/** A peer's media as last agreed, or about to be. */
export interface PeerFacts {
  /** The last real endpoint: a hold by c=0.0.0.0 keeps the one before. undefined when there never was one. */
  readonly endpoint: PeerEndpoint | undefined;
  /** Named 0.0.0.0: gets nothing. */
  readonly held: boolean;
  readonly formats: readonly string[];
  readonly codecs: readonly Codec[];
}

/** What a DTLS handshake came to. */
export interface AgreedKeys {
  readonly inbound: SrtpKey;
  readonly outbound: SrtpKey;
}

/** Of both sockets; one that is missing is not over, or there is none. With rtcp-mux there is one for both. */
export type HandshakeKeys = Readonly<Partial<Record<Component, AgreedKeys | undefined>>>;

/** One leg of one agreed stream, as the engine is told of it. */
export interface LegStream {
  readonly leg: LegMedia;
  readonly far: LegMedia;
  readonly peer: PeerFacts;
  readonly link: Link;
  /** Payload types the far peer listed: this one may send those too. */
  readonly otherFormats: readonly string[];
  readonly handshake: HandshakeKeys;
  /** What both legs negotiated. */
  readonly rtcp: RtcpRules;
  readonly keyPresses: KeyPresses | undefined;
}

export function pairConfig(stream: LegStream, learn: MediaSettings["learn"]): PairConfig {
  const { leg, far, peer, link, handshake } = stream;
  const keys = link.dtls === undefined ? link.keys : handshake.rtp;
  const opaque = link.profile.payload === "opaque";
  const types = opaque ? [] : [...new Set([...peer.formats, ...stream.otherFormats].map(Number))];
  const sources = link.ice === undefined ? latchSources(leg, far, peer.endpoint) : nobody;
  return {
    send: !peer.held,
    inbound: keys?.inbound,
    outbound: keys?.outbound,
    awaitsKeys: link.dtls !== undefined && handshake.rtp === undefined,
    rtcpKeys: link.dtls === undefined || link.mux ? undefined : keying(handshake.rtcp),
    mux: link.mux,
    payload: link.profile.payload,
    formats: peer.codecs.map(({ type, clockRate, role }) => ({ type, clockRate, role })),
    control: { stun: link.ice !== undefined, dtls: link.dtls !== undefined },
    rtcp: stream.rtcp,
    keyPresses: stream.keyPresses,
    latch: { ...sources, windowMs: learn.windowMs, packets: learn.packets, payloadTypes: types },
  };
}

function keying(keys: AgreedKeys | undefined): Keying {
  return { inbound: keys?.inbound, outbound: keys?.outbound, awaitsKeys: keys === undefined };
}

type Sources = Pick<LatchRules, "signalled" | "sendAtOnce" | "learnFrom">;

/** With ICE a source is selected by its checks, and nothing is learnt. */
const nobody: Sources = { signalled: undefined, sendAtOnce: false, learnFrom: [] };

/** Drops whatever still comes to a pair that no stream uses any more. */
export const silence: PairConfig = {
  ...plainTransport,
  send: false,
  inbound: undefined,
  outbound: undefined,
  latch: { ...nobody, windowMs: 0, packets: 1, payloadTypes: [] },
};

function latchSources(leg: LegMedia, far: LegMedia, endpoint: PeerEndpoint | undefined): Sources {
  const signalling = signallingAddress(leg);
  const allowed = allowedPrefixes(leg);
  // A phone's SDP names its own address behind the NAT; only where it really signals from may it claim a stream.
  const named = endpoint === undefined || leg.side === "phone" ? [] : [endpoint.address];
  // Whose ports are known needs nobody to find them out.
  const claimants = leg.mediaPorts === undefined ? [signalling, ...named] : [];
  const learnFrom = [...new Set(claimants)].filter((address) => allowed?.has(address) ?? true);
  if (endpoint === undefined || notBelieved(endpoint, leg, far)) {
    return { signalled: undefined, sendAtOnce: false, learnFrom };
  }
  const { address, rtpPort, rtcpPort } = endpoint;
  return {
    signalled: { rtp: { address, port: rtpPort }, rtcp: { address, port: rtcpPort } },
    sendAtOnce: leg.side === "core" || address === signalling || allowed?.has(address) === true,
    learnFrom,
  };
}
