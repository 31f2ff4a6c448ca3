/**
 * The two session descriptions that pass between us and an instance. What it is given is written here, from facts that
 * were judged before; of what it answers only addresses, ports and keys are taken, and those are judged as well.
 */
import {
  attribute,
  attributes,
  connectionAddress,
  type Direction,
  formatCrypto,
  parseCrypto,
  parseSdp,
  type Sdp,
  type SdpLine,
  type SdpMedia,
  serializeSdp,
} from "@ringfence/sip";
import { type Proposal, usableKey } from "../negotiation/keying.ts";
import { addressKind, canonicalAddress } from "../sdp/address.ts";
import { lowestPort, type PeerEndpoint, type PeerStream } from "../sdp/sdp-read.ts";
import type { Learning } from "./ng-message.ts";

/** One stream of a peer's, as an instance has to know it. */
export interface ToldStream {
  readonly media: PeerStream["media"];
  /** undefined: on hold by c=0.0.0.0, nothing is sent there. */
  readonly place: PeerEndpoint | undefined;
  readonly formats: readonly string[];
  readonly crossing: readonly SdpLine[];
  readonly direction: Direction;
  /** The peer's key. */
  readonly crypto: Proposal | undefined;
}

/** What one leg's peer says. Text: that line is off, and of this kind of media. */
export interface Told {
  readonly lines: readonly (ToldStream | string)[];
  readonly learning: Learning;
}

/** What the other leg is given for one line. */
export interface InstanceLine {
  readonly port: number;
  /** The instance's keys, with the tags it gave them. */
  readonly cryptos: readonly Proposal[];
}

export interface InstanceSdp {
  /** Where its media is; undefined when every line is off, or the one whom it belongs to is on hold by address. */
  readonly address: string | undefined;
  readonly lines: readonly (InstanceLine | undefined)[];
}

/**
 * RTP/AVP and RTP/SAVP only, whatever the peers say: with feedback (AVPF) on one leg alone rtpengine would take RTCP
 * packets out, and those are to cross.
 */
export function describe({ lines }: Told): Uint8Array {
  return serializeSdp({
    kind: "sdp",
    session: [
      { type: "v", value: "0" },
      { type: "o", value: "- 1 1 IN IP4 0.0.0.0" },
      { type: "s", value: "-" },
      { type: "c", value: "IN IP4 0.0.0.0" },
      { type: "t", value: "0 0" },
    ],
    media: lines.map((line) => (typeof line === "string" ? offLine(line) : mediaOf(line))),
  });
}

function offLine(media: string): SdpMedia {
  const formats = [media === "image" ? "t38" : "0"];
  return { media, port: 0, portCount: undefined, proto: protocol(media, false), formats, lines: [] };
}

/** A port that is named without being used: 9 is "discard", as RFC 5888 and browsers have it. */
const nowhere: PeerEndpoint = { address: "0.0.0.0", rtpPort: 9, rtcpPort: 9 };

function mediaOf({ media, place, formats, crossing, direction, crypto }: ToldStream): SdpMedia {
  const { address, rtpPort, rtcpPort } = place ?? nowhere;
  const connection = { type: "c", value: `IN ${address.includes(":") ? "IP6" : "IP4"} ${address}` };
  const key =
    crypto && formatCrypto({ tag: crypto.tag, ...noParameters, suite: crypto.key.suite, key: crypto.key.key });
  return {
    media,
    port: rtpPort,
    portCount: undefined,
    proto: protocol(media, crypto !== undefined),
    formats,
    lines: [
      connection,
      ...crossing,
      ...(place === undefined || media === "image" ? [] : [{ type: "a", value: `rtcp:${rtcpPort}` }]),
      ...(key === undefined ? [] : [{ type: "a", value: `crypto:${key}` }]),
      { type: "a", value: direction },
    ],
  };
}

const noParameters = { lifetime: undefined, mki: undefined, sessionParams: [] };

/** `image` is fax over T.38 and nothing else (sdp-read.ts): it is passed as it comes, and never encrypted. */
function protocol(media: string, secure: boolean): string {
  if (media === "image") return "udptl";
  return secure ? "RTP/SAVP" : "RTP/AVP";
}

/** What a line of the answer has to be. */
export interface Expected {
  readonly media: PeerStream["media"];
  readonly secure: boolean;
}

/** Why an instance's description cannot be used: for the log. */
export type BadInstanceSdp =
  | "no-sdp"
  | "other-lines"
  | "no-address"
  | "two-addresses"
  | "bad-port"
  | "rtcp-elsewhere"
  | "no-key";

/** `expected`: undefined for a line that is off; its place in the answer is not looked at. */
export function readDescription(
  sdp: Uint8Array | undefined,
  expected: readonly (Expected | undefined)[],
): InstanceSdp | BadInstanceSdp {
  const parsed = sdp && parseSdp(sdp);
  if (parsed === undefined || parsed.kind === "failure") return "no-sdp";
  if (parsed.media.length !== expected.length) return "other-lines";
  let address: string | undefined;
  const lines: (InstanceLine | undefined)[] = [];
  for (const [index, wanted] of expected.entries()) {
    const media = parsed.media[index];
    if (wanted === undefined || media === undefined) {
      lines.push(undefined);
      continue;
    }
    if (media.media !== wanted.media || media.proto !== protocol(wanted.media, wanted.secure)) return "other-lines";
    const place = placeOf(parsed, media);
    if (place === undefined) return "no-address";
    if (place !== "held" && address !== undefined && place !== address) return "two-addresses";
    if (place !== "held") address = place;
    const line = lineOf(media, wanted.secure);
    if (typeof line === "string") return line;
    lines.push(line);
  }
  return { address, lines };
}

/** held: it repeats the 0.0.0.0 of a peer that is on hold. */
function placeOf(sdp: Sdp, media: SdpMedia): string | "held" | undefined {
  const connection = connectionAddress(sdp, media);
  const address = connection && canonicalAddress(connection.address);
  if (address === undefined) return undefined;
  const kind = addressKind(address);
  if (kind === "unspecified") return "held";
  return kind === "multicast" ? undefined : address;
}

function lineOf(media: SdpMedia, secure: boolean): InstanceLine | BadInstanceSdp {
  const { port } = media;
  if (port < lowestPort || port > 65_534) return "bad-port";
  const rtcp = attribute(media.lines, "rtcp")?.split(" ")[0];
  // What we write names no RTCP port, so that it has to be the next one (RFC 3550 §11).
  if (rtcp !== undefined && rtcp !== String(port + 1)) return "rtcp-elsewhere";
  const cryptos = secure ? cryptosOf(media) : [];
  return secure && cryptos.length === 0 ? "no-key" : { port, cryptos };
}

const maxCryptos = 32;

function cryptosOf(media: SdpMedia): readonly Proposal[] {
  const proposals: Proposal[] = [];
  for (const value of attributes(media.lines, "crypto").slice(0, maxCryptos)) {
    const crypto = parseCrypto(value);
    const key = crypto && usableKey(crypto);
    if (crypto !== undefined && key !== undefined) proposals.push({ tag: crypto.tag, key });
  }
  return proposals;
}
