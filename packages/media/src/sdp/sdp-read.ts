/** A peer's SDP as the few facts media needs. Hostile input becomes `undefined`, never an exception. */
import {
  attribute,
  attributes,
  connectionAddress,
  type Direction,
  direction,
  parseSdp,
  type Sdp,
  type SdpLine,
  type SdpMedia,
} from "@ringfence/sip";
import { maxMediaLines } from "../settings.ts";
import { addressKind, canonicalAddress } from "./address.ts";
import { crossingFaxLines, crossingLines, isNumber, isToken } from "./crossing-attributes.ts";
import { type Profile, profileNamed } from "./profile.ts";
import { type PeerTransport, readTransport } from "./transport-read.ts";

/** Where the peer wants RTP and RTCP. */
export interface PeerEndpoint {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
}

export interface PeerStream {
  readonly kind: "stream";
  /** image: fax over T.38, with an opaque profile. */
  readonly media: "audio" | "video" | "text" | "image";
  readonly profile: Profile;
  /** Payload types as decimal text, in order of preference; `t38` of a fax. */
  readonly formats: readonly string[];
  /** undefined: none that is an address, as c=0.0.0.0. */
  readonly endpoint: PeerEndpoint | undefined;
  /** By c=0.0.0.0 (RFC 2543) or c=::. With ICE that says nothing: candidates are where the peer is (RFC 8839 §4.2.1.2). */
  readonly held: boolean;
  readonly direction: Direction;
  readonly crossing: readonly SdpLine[];
  readonly transport: PeerTransport;
  /** RFC 5888, where it can be written back. */
  readonly mid: string | undefined;
  /** RFC 9143 §6: port 0, and on all the same in its group. */
  readonly bundleOnly: boolean;
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

export interface PeerDescription {
  /** The m= lines in order. */
  readonly lines: readonly PeerLine[];
  /** RFC 9143: identification tags of the first BUNDLE group, in its order; empty without one. */
  readonly bundle: readonly string[];
}

/** Below are the ports of services, never of media: nobody shall have us send packets to a name server. */
export const lowestPort = 1024;
const maxFormats = 64;

/** undefined when the text is not SDP, or a line cannot even be written back. */
export function readDescription(body: Uint8Array): PeerDescription | undefined {
  const sdp = parseSdp(body);
  if (sdp.kind === "failure" || sdp.media.length > maxMediaLines) return undefined;
  const bundle = bundleOf(sdp);
  const lines: PeerLine[] = [];
  for (const media of sdp.media) {
    const line = readLine(sdp, media, bundle);
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return { lines, bundle };
}

function bundleOf(sdp: Sdp): readonly string[] {
  for (const group of attributes(sdp.session, "group")) {
    const [semantics, ...mids] = group.split(" ");
    if (semantics === "BUNDLE" && mids.length <= maxMediaLines) return mids.filter(isToken);
  }
  return [];
}

function readLine(sdp: Sdp, media: SdpMedia, bundle: readonly string[]): PeerLine | undefined {
  const profile = profileNamed(media.proto);
  const kind = relayedKind(media.media, profile);
  if (profile === undefined || kind === undefined || isOff(media, bundle)) return offLine(media);
  // `49170/2` is layered coding over several port pairs (RFC 4566 §5.14): nobody's telephone.
  if (media.portCount !== undefined && media.portCount !== 1) return offLine(media);
  const formats = formatsOf(media, profile);
  const connection = connectionAddress(sdp, media);
  const address = connection === undefined ? undefined : canonicalAddress(connection.address);
  if (address === undefined || formats.length === 0 || media.port > 65_534) return undefined;
  const transport = readTransport(sdp, media);
  const unspecified = addressKind(address) === "unspecified";
  return {
    kind: "stream",
    media: kind,
    profile,
    formats,
    endpoint: unspecified ? undefined : endpointOf(address, media),
    held: unspecified && transport.ice === undefined,
    direction: direction(sdp, media),
    crossing: kind === "image" ? crossingFaxLines(media.lines) : crossingLines(media.lines, formats),
    transport,
    mid: midOf(media),
    bundleOnly: media.port === 0,
  };
}

/** Fax is UDPTL and nothing else; sound, pictures and text are RTP. */
function relayedKind(media: string, profile: Profile | undefined): PeerStream["media"] | undefined {
  if (media === "image") return profile?.payload === "opaque" ? media : undefined;
  if (media !== "audio" && media !== "video" && media !== "text") return undefined;
  return profile?.payload === "rtp" ? media : undefined;
}

/** RFC 9143 §7.2: port 0 with a=bundle-only is on, if its group is. */
function isOff(media: SdpMedia, bundle: readonly string[]): boolean {
  if (media.port !== 0) return false;
  const mid = midOf(media);
  return attribute(media.lines, "bundle-only") === undefined || mid === undefined || !bundle.includes(mid);
}

function midOf(media: SdpMedia): string | undefined {
  const mid = attribute(media.lines, "mid");
  return mid !== undefined && isToken(mid) ? mid : undefined;
}

function formatsOf(media: SdpMedia, profile: Profile): readonly string[] {
  if (profile.payload === "opaque") return media.formats.includes("t38") ? ["t38"] : [];
  const unique = new Set(
    media.formats.filter((format) => isNumber(format, 3) && Number(format) < 128 && String(Number(format)) === format),
  );
  return [...unique].slice(0, maxFormats);
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
  // The same port as RTP says a=rtcp-mux once more (RFC 5761 §5.1.3); if that was not agreed, the default holds.
  return elsewhere || number === media.port || number < lowestPort || number > 65_535 ? byDefault : number;
}
