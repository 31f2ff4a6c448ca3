import { isIpv4, isIpv6 } from "../parse/host.ts";
import { decimal, isToken } from "../parse/octets.ts";

/** `type=value`. The value is raw octets as a latin1 string, one char for each octet. */
export interface SdpLine {
  /** One letter. */
  readonly type: string;
  readonly value: string;
}

/** One media description (RFC 4566 §5.14): the m= line taken apart, and the lines below it as they are. */
export interface SdpMedia {
  readonly media: string;
  /** 0 means refused. */
  readonly port: number;
  /** `49170/2`: two ports; undefined when only one is written. */
  readonly portCount: number | undefined;
  readonly proto: string;
  readonly formats: readonly string[];
  readonly lines: readonly SdpLine[];
}

/** A session description as lines, in order. What we do not know stays as it is. */
export interface Sdp {
  readonly kind: "sdp";
  readonly session: readonly SdpLine[];
  readonly media: readonly SdpMedia[];
}

export type Family = 4 | 6;

export interface ConnectionAddress {
  readonly family: Family;
  /** A literal address, without TTL or count. */
  readonly address: string;
}

export const directions = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
export type Direction = (typeof directions)[number];

/** RFC 4566 §5.2: which session, and which version of it. The numbers may be as long as 64 bits. */
export interface SdpIdentity {
  readonly username: string;
  readonly sessionId: bigint;
  readonly sessionVersion: bigint;
}

/** A whole o= line. */
export interface SdpOrigin extends SdpIdentity, ConnectionAddress {}

const MAX_UINT64_DIGITS = 20;

/** The value of the first `a=name:value`, empty for `a=name`, undefined when there is none. */
export function attribute(lines: readonly SdpLine[], name: string): string | undefined {
  for (const line of lines) {
    if (line.type === "a" && attributeName(line.value) === name) return attributeValue(line.value);
  }
  return undefined;
}

/** The values of every `a=name`, in order. */
export function attributes(lines: readonly SdpLine[], name: string): readonly string[] {
  return lines
    .filter((line) => line.type === "a" && attributeName(line.value) === name)
    .map((line) => attributeValue(line.value));
}

export function attributeName(value: string): string {
  const colon = value.indexOf(":");
  return colon < 0 ? value : value.slice(0, colon);
}

function attributeValue(value: string): string {
  const colon = value.indexOf(":");
  return colon < 0 ? "" : value.slice(colon + 1);
}

/**
 * RFC 4566 §5.7: the first c= of the media description, else of the session. Undefined when there is none, or it is
 * not a literal address: a name would have to be looked up, and a border does not ask the peer's DNS.
 */
export function connectionAddress(sdp: Sdp, media: SdpMedia): ConnectionAddress | undefined {
  const line = media.lines.find(({ type }) => type === "c") ?? sdp.session.find(({ type }) => type === "c");
  if (line === undefined) return undefined;
  const [nettype, addrtype, address, ...rest] = line.value.split(" ");
  return rest.length > 0 ? undefined : literalAddress(nettype, addrtype, withoutScope(address ?? "", addrtype));
}

/** RFC 4566 §6, RFC 3264 §6.1: the media's own direction, else the session's, else both ways. */
export function direction(sdp: Sdp, media: SdpMedia): Direction {
  return ownDirection(media.lines) ?? ownDirection(sdp.session) ?? "sendrecv";
}

function ownDirection(lines: readonly SdpLine[]): Direction | undefined {
  for (const line of lines) {
    const found = line.type === "a" ? directions.find((name) => name === line.value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What the o= line tells apart; its address is often a name, and nothing is sent there. Undefined when malformed. */
export function origin(sdp: Sdp): SdpIdentity | undefined {
  const line = sdp.session.find(({ type }) => type === "o");
  const [username = "", id = "", version = "", ...place] = line?.value.split(" ") ?? [];
  const sessionId = uint64(id);
  const sessionVersion = uint64(version);
  if (username === "" || place.length !== 3) return undefined;
  return sessionId === undefined || sessionVersion === undefined ? undefined : { username, sessionId, sessionVersion };
}

/** RFC 3605: where RTCP goes when it is not the next port. The address is undefined when only a port is written. */
export function rtcpAddress(
  media: SdpMedia,
): { readonly port: number; readonly address: ConnectionAddress | undefined } | undefined {
  const value = attribute(media.lines, "rtcp");
  if (value === undefined) return undefined;
  const [port = "", nettype, addrtype, address = "", ...rest] = value.split(" ");
  const number = decimal(port, 65_535);
  if (number === undefined || number === 0) return undefined;
  if (nettype === undefined) return { port: number, address: undefined };
  const place = rest.length > 0 ? undefined : literalAddress(nettype, addrtype, address);
  return place === undefined ? undefined : { port: number, address: place };
}

function literalAddress(
  nettype: string | undefined,
  addrtype: string | undefined,
  address: string,
): ConnectionAddress | undefined {
  if (nettype !== "IN") return undefined;
  if (addrtype === "IP4" && isIpv4(address)) return { family: 4, address };
  if (addrtype === "IP6" && isIpv6(address)) return { family: 6, address: address.toLowerCase() };
  return undefined;
}

/** `/ttl/count` of a multicast IPv4 address, `/count` of an IPv6 one. Empty when the numbers are not numbers. */
function withoutScope(address: string, addrtype: string | undefined): string {
  const [plain = "", ...numbers] = address.split("/");
  if (numbers.length > (addrtype === "IP4" ? 2 : 1)) return "";
  return numbers.every((number) => decimal(number, 65_535) !== undefined) ? plain : "";
}

function uint64(text: string): bigint | undefined {
  if (text.length > MAX_UINT64_DIGITS || !isToken(text)) return undefined;
  for (const char of text) if (char < "0" || char > "9") return undefined;
  return BigInt(text);
}
