import { type CryptoAttribute, formatCrypto } from "./crypto-attr.ts";
import {
  attributeName,
  type ConnectionAddress,
  type Direction,
  directions,
  type Sdp,
  type SdpLine,
  type SdpMedia,
  type SdpOrigin,
} from "./session.ts";

/*
 * The edits by which a border puts itself into a session description. Each returns a new value and leaves every line
 * it does not name untouched and in place.
 */

/**
 * Attributes that speak about addresses, keys or the path of the media. They hold for one hop: a border drops all of them
 * (topology, keys) and writes its own.
 */
export const transportAttributes: readonly string[] = [
  "candidate",
  "crypto",
  "end-of-candidates",
  "fingerprint",
  "group",
  "ice-lite",
  "ice-mismatch",
  "ice-options",
  "ice-pacing",
  "ice-pwd",
  "ice-ufrag",
  "key-mgmt",
  "remote-candidates",
  "rtcp",
  "rtcp-mux",
  "rtcp-mux-only",
  "setup",
  "source-filter",
  "tls-id",
  "zrtp-hash",
];

/** In place of the first `a=name`, dropping the others; at the end when there was none. An empty value: `a=name`. */
export function withAttribute(lines: readonly SdpLine[], name: string, value: string): readonly SdpLine[] {
  return replaceLines(lines, isAttribute([name]), [{ type: "a", value: value === "" ? name : `${name}:${value}` }]);
}

/**
 * Names are compared without regard to case. They are case-sensitive (RFC 4566 §5), but what is dropped here must not
 * reach a reader that thinks otherwise.
 */
export function withoutAttribute(lines: readonly SdpLine[], ...names: readonly string[]): readonly SdpLine[] {
  const drop = isAttribute(names);
  return lines.filter((line) => !drop(line));
}

/** Without any line of that type. */
export function withoutLines(lines: readonly SdpLine[], type: string): readonly SdpLine[] {
  return lines.filter((line) => line.type !== type);
}

/** One c= line for the media description, whatever it had before. */
export function withConnection(media: SdpMedia, connection: ConnectionAddress): SdpMedia {
  const line: SdpLine = { type: "c", value: formatConnection(connection) };
  if (media.lines.some(({ type }) => type === "c")) {
    return { ...media, lines: replaceLines(media.lines, ({ type }) => type === "c", [line]) };
  }
  // RFC 4566 §5: the order below m= is i, c, b, k, a.
  const titles = media.lines.filter(({ type }) => type === "i");
  return { ...media, lines: [...titles, line, ...media.lines.filter(({ type }) => type !== "i")] };
}

/** Port 0 refuses the media description. */
export function withPort(media: SdpMedia, port: number): SdpMedia {
  return { ...media, port, portCount: undefined };
}

export function withProto(media: SdpMedia, proto: string): SdpMedia {
  return { ...media, proto };
}

export function withFormats(media: SdpMedia, formats: readonly string[]): SdpMedia {
  return { ...media, formats };
}

/** One direction attribute, in place of the first there was. */
export function withDirection(lines: readonly SdpLine[], wanted: Direction): readonly SdpLine[] {
  const isDirection = isAttribute(directions);
  return replaceLines(lines, isDirection, [{ type: "a", value: wanted }]);
}

/** RFC 3605, in place of what the peer said. */
export function withRtcp(media: SdpMedia, port: number, connection: ConnectionAddress): SdpMedia {
  return { ...media, lines: withAttribute(media.lines, "rtcp", `${port} ${formatConnection(connection)}`) };
}

/** RFC 4568: our keys in place of the peer's; none drops them. */
export function withCrypto(media: SdpMedia, offered: readonly CryptoAttribute[]): SdpMedia {
  const lines = offered.map((crypto): SdpLine => ({ type: "a", value: `crypto:${formatCrypto(crypto)}` }));
  return { ...media, lines: replaceLines(media.lines, isAttribute(["crypto"]), lines) };
}

/** Our o= line: the peer's would show its address, and count versions we did not write. */
export function withOrigin(sdp: Sdp, origin: SdpOrigin): Sdp {
  const { username, sessionId, sessionVersion } = origin;
  const value = `${username} ${sessionId} ${sessionVersion} ${formatConnection(origin)}`;
  return { ...sdp, session: replaceLines(sdp.session, ({ type }) => type === "o", [{ type: "o", value }]) };
}

function formatConnection({ family, address }: ConnectionAddress): string {
  return `IN IP${family} ${address}`;
}

function isAttribute(names: readonly string[]): (line: SdpLine) => boolean {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return (line) => line.type === "a" && lower.has(attributeName(line.value).toLowerCase());
}

function replaceLines(
  lines: readonly SdpLine[],
  matches: (line: SdpLine) => boolean,
  replacement: readonly SdpLine[],
): readonly SdpLine[] {
  const place = lines.findIndex(matches);
  if (place < 0) return [...lines, ...replacement];
  const after = lines.slice(place).filter((line) => !matches(line));
  return [...lines.slice(0, place), ...replacement, ...after];
}
