/** A peer's SDP as the few facts media needs. Hostile input becomes `undefined`, never an exception. */
import {
  attribute,
  attributes,
  type CryptoAttribute,
  connectionAddress,
  direction,
  parseCrypto,
  parseSdp,
  type Sdp,
  type SdpLine,
  type SdpMedia,
} from "@ringfence/sip";
import { addressKind, canonicalAddress } from "./address.ts";
import { crossingLines, isNumber, isToken } from "./crossing-attributes.ts";
import { maxMediaLines } from "./settings.ts";

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** How a stream is keyed and whether it has RTCP feedback: what its profile name says. RFC 3551, 3711, 4585, 5124, 5764. */
export interface Profile {
  readonly keying: "none" | "sdes" | "dtls";
  readonly feedback: boolean;
}

/** Where the peer wants RTP and RTCP. */
export interface PeerEndpoint {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
}

export interface PeerStream {
  readonly kind: "rtp";
  readonly media: "audio" | "video" | "text";
  readonly profile: Profile;
  /** Payload types as decimal text, in order of preference. */
  readonly formats: readonly string[];
  /** undefined: on hold by c=0.0.0.0 (RFC 2543) or c=::. */
  readonly endpoint: PeerEndpoint | undefined;
  readonly direction: Direction;
  readonly crossing: readonly SdpLine[];
  readonly cryptos: readonly CryptoAttribute[];
}

/** A line that is off (port 0), or that we cannot relay: written back with port 0. */
export interface OffStream {
  readonly kind: "off";
  readonly offered: boolean;
  readonly media: string;
  readonly proto: string;
  readonly format: string;
}

export type PeerLine = PeerStream | OffStream;

const profiles: ReadonlyMap<string, Profile> = new Map([
  ["RTP/AVP", { keying: "none", feedback: false }],
  ["RTP/AVPF", { keying: "none", feedback: true }],
  ["RTP/SAVP", { keying: "sdes", feedback: false }],
  ["RTP/SAVPF", { keying: "sdes", feedback: true }],
  ["UDP/TLS/RTP/SAVP", { keying: "dtls", feedback: false }],
  ["UDP/TLS/RTP/SAVPF", { keying: "dtls", feedback: true }],
]);

/** Below are the ports of services, never of media: nobody shall have us send packets to a name server. */
export const lowestPort = 1024;
const maxFormats = 64;
const maxCryptos = 16;

/** The m= lines in order; undefined when the text is not SDP or a line cannot even be written back. */
export function readPeerLines(body: Uint8Array): readonly PeerLine[] | undefined {
  const sdp = parseSdp(body);
  if (sdp.kind === "failure" || sdp.media.length > maxMediaLines) return undefined;
  const lines: PeerLine[] = [];
  for (const media of sdp.media) {
    const line = readLine(sdp, media);
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return lines;
}

function readLine(sdp: Sdp, media: SdpMedia): PeerLine | undefined {
  const profile = profiles.get(media.proto);
  const relayed =
    media.media === "audio" || media.media === "video" || media.media === "text" ? media.media : undefined;
  if (media.port === 0 || profile === undefined || relayed === undefined) return offLine(media);
  // `49170/2` is layered coding over several port pairs (RFC 4566 §5.14): nobody's telephone.
  if (media.portCount !== undefined && media.portCount !== 1) return offLine(media);
  const formats = media.formats.filter((format) => isNumber(format, 3) && Number(format) < 128).slice(0, maxFormats);
  const connection = connectionAddress(sdp, media);
  const address = connection === undefined ? undefined : canonicalAddress(connection.address);
  if (address === undefined || formats.length === 0 || media.port > 65_534) return undefined;
  return {
    kind: "rtp",
    media: relayed,
    profile,
    formats,
    endpoint: addressKind(address) === "unspecified" ? undefined : endpointOf(address, media),
    direction: direction(sdp, media),
    crossing: crossingLines(media.lines, formats),
    cryptos: cryptosOf(media),
  };
}

function offLine(media: SdpMedia): OffStream | undefined {
  const format = media.formats[0] ?? "0";
  const writable = isToken(media.media) && media.proto.split("/").every(isToken) && (format === "*" || isToken(format));
  if (!writable) return undefined;
  return { kind: "off", offered: media.port !== 0, media: media.media, proto: media.proto, format };
}

function endpointOf(address: string, media: SdpMedia): PeerEndpoint {
  return { address, rtpPort: media.port, rtcpPort: rtcpPort(media, address) };
}

/** RFC 3605: `a=rtcp:<port> [IN IP4 <address>]`. Honoured at the address of the media; anything else is port + 1. */
function rtcpPort(media: SdpMedia, address: string): number {
  const byDefault = media.port + 1;
  const parts = attribute(media.lines, "rtcp")?.split(" ") ?? [];
  const [port = "", , , host] = parts;
  if (!isNumber(port, 5)) return byDefault;
  const elsewhere = host !== undefined && canonicalAddress(host) !== address;
  const number = Number(port);
  // The same port as RTP is multiplexing (RFC 5761), which we never accept: the peer then uses the default.
  return elsewhere || number === media.port || number < lowestPort || number > 65_535 ? byDefault : number;
}

function cryptosOf(media: SdpMedia): readonly CryptoAttribute[] {
  const parsed: CryptoAttribute[] = [];
  for (const value of attributes(media.lines, "crypto").slice(0, maxCryptos)) {
    const crypto = parseCrypto(value);
    if (crypto !== undefined) parsed.push(crypto);
  }
  return parsed;
}
