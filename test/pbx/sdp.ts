import { isIP } from "node:net";
import { readCount } from "./sip-message.ts";

/** SDP as the stand-in reads and writes it: everything it does not know is lost, as captured. */

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface CryptoLine {
  readonly tag: string;
  readonly suite: string;
  /** Master key and salt, 30 octets. */
  readonly key: Buffer;
}

export interface MediaLine {
  readonly media: string;
  readonly port: number;
  readonly proto: string;
  readonly formats: readonly string[];
  /** Connection address, from the media or the session level; undefined: none given. */
  readonly address: string | undefined;
  readonly rtcp: { readonly address: string | undefined; readonly port: number } | undefined;
  readonly direction: Direction;
  /** Values of a=rtpmap and a=fmtp, in order. */
  readonly maps: readonly { readonly name: "rtpmap" | "fmtp"; readonly format: string; readonly value: string }[];
  readonly crypto: readonly CryptoLine[];
}

const directions = new Set(["sendrecv", "sendonly", "recvonly", "inactive"]);

type Draft = { -readonly [K in keyof MediaLine]: MediaLine[K] };

/** The m-lines of a session description, or undefined when it cannot be read. */
export function parseSdp(body: Buffer): MediaLine[] | undefined {
  let address: string | undefined;
  let direction: Direction = "sendrecv";
  const media: Draft[] = [];
  for (const line of body.toString("latin1").split("\n")) {
    const value = line.slice(2).trim();
    const current = media.at(-1);
    if (line.startsWith("m=")) {
      const made = readMedia(value, address, direction);
      if (made === undefined) return undefined;
      media.push(made);
    } else if (line.startsWith("c=")) {
      const found = readConnection(value);
      if (found === undefined) return undefined;
      if (current) current.address = found;
      else address = found;
    } else if (line.startsWith("a=") && directions.has(value)) {
      if (current) current.direction = value as Direction;
      else direction = value as Direction;
    } else if (line.startsWith("a=") && current) readAttribute(current, value);
  }
  return media.length === 0 ? undefined : media;
}

function readMedia(value: string, address: string | undefined, direction: Direction): Draft | undefined {
  const [media = "", portText = "", proto = "", ...formats] = value.split(" ").filter((part) => part !== "");
  const port = readCount(portText.split("/")[0] ?? "");
  if (port === undefined || port > 65_535 || formats.length === 0) return undefined;
  return { media, port, proto, formats, address, rtcp: undefined, direction, maps: [], crypto: [] };
}

function readConnection(value: string): string | undefined {
  const [net, , host = ""] = value.split(" ");
  const address = host.split("/")[0] ?? "";
  return net === "IN" && isIP(address) !== 0 ? address : undefined;
}

function readAttribute(media: Draft, value: string): void {
  const colon = value.indexOf(":");
  const name = value.slice(0, colon);
  const rest = value.slice(colon + 1);
  if (name === "rtpmap" || name === "fmtp") {
    const space = rest.indexOf(" ");
    media.maps = [...media.maps, { name, format: rest.slice(0, space), value: rest.slice(space + 1).trim() }];
  } else if (name === "rtcp") {
    const [port = "", , , address] = rest.split(" ");
    const number = readCount(port);
    if (number !== undefined) media.rtcp = { port: number, address };
  } else if (name === "crypto") {
    const crypto = readCrypto(rest);
    if (crypto) media.crypto = [...media.crypto, crypto];
  }
}

function readCrypto(value: string): CryptoLine | undefined {
  const [tag = "", suite = "", inline = ""] = value.split(" ").filter((part) => part !== "");
  if (!inline.startsWith("inline:")) return undefined;
  return { tag, suite, key: Buffer.from(inline.slice(7).split("|")[0] ?? "", "base64") };
}

/** One m-line to be written. Port 0 refuses it. */
export interface WrittenMedia {
  readonly media: string;
  readonly port: number;
  readonly proto: string;
  readonly formats: readonly string[];
  readonly address: string;
  readonly direction: Direction;
  readonly maps: MediaLine["maps"];
  readonly crypto: CryptoLine | undefined;
}

const family = (address: string): string => (isIP(address) === 6 ? "IP6" : "IP4");

/** Captured: telephone-event at 8000 stays, at 48000 goes. */
export function keptFormats(media: MediaLine): string[] {
  const dropped = media.maps.filter((m) => m.name === "rtpmap" && isWideEvent(m.value)).map((m) => m.format);
  return media.formats.filter((format) => !dropped.includes(format));
}

const isWideEvent = (map: string): boolean => {
  const [name = "", rate] = map.toLowerCase().split("/");
  return name === "telephone-event" && rate !== "8000";
};

/** Captured: s=mss, epoch seconds in o=, c= at media level only, a=mid without a group, unknown attributes gone. */
export function writeSdp(
  media: readonly WrittenMedia[],
  origin: { address: string; id: number; version: number },
): Buffer {
  const lines = [
    "v=0",
    `o=- ${origin.id} ${origin.version} IN ${family(origin.address)} ${origin.address}`,
    "s=mss",
    "t=0 0",
  ];
  media.forEach((m, index) => {
    lines.push(`m=${m.media} ${m.port} ${m.proto} ${m.formats.join(" ")}`);
    lines.push(`c=IN ${family(m.address)} ${m.address}`);
    for (const map of m.maps)
      if (m.formats.includes(map.format)) lines.push(`a=${map.name}:${map.format} ${map.value}`);
    if (m.crypto) lines.push(`a=crypto:${m.crypto.tag} ${m.crypto.suite} inline:${m.crypto.key.toString("base64")}`);
    lines.push(`a=mid:${index}`, `a=${m.direction}`);
  });
  return Buffer.from(`${lines.join("\r\n")}\r\n`, "latin1");
}

export const mirrored = (direction: Direction): Direction =>
  direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;
