/**
 * rtpengine's "ng" control protocol as values: one datagram is a cookie, a space and a bencoded dictionary; the answer
 * repeats the cookie. Tested against rtpengine 10.5. Only what is needed here is said and read; what an answer holds
 * besides is ignored.
 */
import type { LegName } from "../media-port.ts";
import { type Bencodable, type Bencoded, type BencodedMap, decode, encode } from "./bencode.ts";
import { type SoundCount, soundOf } from "./ng-sound.ts";

export type NgCommand = { readonly [key: string]: Bencodable | undefined };

export type NgReply =
  | { readonly kind: "ok"; readonly body: BencodedMap }
  /** The instance understood and would not. `reason`: its words, printable and short. */
  | { readonly kind: "error"; readonly reason: string };

/** Whose description a message carries, and how the instance has to take its media. */
export interface Described {
  readonly callId: string;
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly sdp: Uint8Array;
  readonly learning: Learning;
}

/**
 * off: packets count from exactly the address and port that the description names. heuristic: for three seconds any
 * source counts, those that resemble the description more than others; then one is kept.
 */
export type Learning = "off" | "heuristic";

/** What the other leg is to be offered. */
export interface Wanted {
  readonly keying: "none" | "sdes";
  /** Suites that may be offered, RFC 4568 names. */
  readonly suites: readonly string[];
  readonly family: "IP4" | "IP6";
  /** Names of the instance's interfaces for the offerer and the answerer; undefined: the instance's first. */
  readonly interfaces: readonly [string, string] | undefined;
}

/** Every suite that rtpengine 10.5 would offer; the last four are none that anybody should have. */
const suitesOfRtpengine = [
  "AEAD_AES_256_GCM",
  "AEAD_AES_128_GCM",
  "AES_256_CM_HMAC_SHA1_80",
  "AES_256_CM_HMAC_SHA1_32",
  "AES_192_CM_HMAC_SHA1_80",
  "AES_192_CM_HMAC_SHA1_32",
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
  "F8_128_HMAC_SHA1_80",
  "F8_128_HMAC_SHA1_32",
  "NULL_HMAC_SHA1_80",
  "NULL_HMAC_SHA1_32",
];

export const ping: NgCommand = { command: "ping" };
export const statistics: NgCommand = { command: "statistics" };

export function offer(described: Described, wanted: Wanted): NgCommand {
  const secure = wanted.keying === "sdes";
  return {
    ...about("offer", described),
    "transport-protocol": secure ? "RTP/SAVP" : "RTP/AVP",
    SDES: secure ? suitesOfRtpengine.filter((name) => !wanted.suites.includes(name)).map((name) => `no-${name}`) : [],
    "address family": wanted.family,
    direction: wanted.interfaces,
  };
}

export function answer(described: Described): NgCommand {
  return about("answer", described);
}

/**
 * Tags are our names of the legs: nothing of a peer's. `strict source` drops what comes from elsewhere than the endpoint
 * that counts; `port latching` keeps the instance's own ports when a peer moves; handover is never asked for.
 */
function about(command: string, { callId, offerer, answerer, sdp, learning }: Described): NgCommand {
  return {
    command,
    "call-id": callId,
    "from-tag": offerer,
    "to-tag": answerer,
    flags: ["strict-source", "port-latching", `endpoint-learning-${learning}`],
    ICE: "remove",
    DTLS: "off",
    sdp,
  };
}

/** At once: by default rtpengine would relay the call's media for thirty seconds more. */
export function deletion(callId: string): NgCommand {
  return { command: "delete", "call-id": callId, "delete delay": 0 };
}

export function query(callId: string): NgCommand {
  return { command: "query", "call-id": callId };
}

export function frame(cookie: string, command: NgCommand): Uint8Array {
  return Buffer.concat([Buffer.from(`${cookie} `, "latin1"), encode(command)]);
}

const maxCookie = 64;

/** Undefined for whatever is no answer of this protocol. */
export function readFrame(octets: Uint8Array): { readonly cookie: string; readonly reply: NgReply } | undefined {
  const space = octets.subarray(0, maxCookie + 1).indexOf(0x20);
  if (space < 1) return undefined;
  const decoded = decode(octets.subarray(space + 1));
  if (!decoded.ok || !isMap(decoded.value)) return undefined;
  const reply = replyOf(decoded.value);
  return reply && { cookie: latin1(octets.subarray(0, space)), reply };
}

function replyOf(body: BencodedMap): NgReply | undefined {
  const result = text(body.get("result"));
  if (result === "ok" || result === "pong") return { kind: "ok", body };
  // "load limit" is its word for an instance that takes no new calls.
  if (result === "error" || result === "load limit") {
    return { kind: "error", reason: printable(text(body.get("error-reason")) ?? result) };
  }
  return undefined;
}

/** The reason of an answer about a call that the instance does not have, or no longer. */
export function isUnknownCall(reply: NgReply): boolean {
  return reply.kind === "error" && reply.reason === "Unknown call-id";
}

export function sdpOf(body: BencodedMap): Uint8Array | undefined {
  const sdp = body.get("sdp");
  return sdp instanceof Uint8Array ? sdp : undefined;
}

/** What a call carried, and how it was heard where it has sound. */
export interface Traffic {
  /** RTP and RTCP of both legs, as the instance received them since the call began. */
  readonly packets: number;
  readonly bytes: number;
  readonly sound?: Readonly<Record<LegName, SoundCount>> | undefined;
}

/** `sound`: place of its m= line; undefined: it has none. */
export function trafficOf(body: BencodedMap, sound: number | undefined): Traffic | undefined {
  const totals = body.get("totals");
  if (!isMap(totals)) return undefined;
  const parts = [totals.get("RTP"), totals.get("RTCP")];
  const sum = (name: string) => parts.reduce<number>((all, part) => all + count(isMap(part) ? part.get(name) : 0), 0);
  const heard = sound === undefined ? undefined : soundOf(body, sound);
  return { packets: sum("packets"), bytes: sum("bytes"), sound: heard };
}

export interface InstanceFacts {
  /** Calls on it, whoever they belong to. */
  readonly sessions: number;
  readonly interfaces: readonly string[];
}

const maxInterfaces = 64;

export function factsOf(body: BencodedMap): InstanceFacts | undefined {
  const all = body.get("statistics");
  if (!isMap(all)) return undefined;
  const now = all.get("currentstatistics");
  const listed = all.get("interfaces");
  const names = new Set<string>();
  for (const entry of Array.isArray(listed) ? listed : []) {
    const name = isMap(entry) ? text(entry.get("name")) : undefined;
    if (name !== undefined && names.size < maxInterfaces) names.add(printable(name));
  }
  return { sessions: isMap(now) ? count(now.get("sessionsown")) : 0, interfaces: [...names] };
}

function isMap(value: Bencoded | undefined): value is BencodedMap {
  return value instanceof Map;
}

function count(value: Bencoded | undefined): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

function text(value: Bencoded | undefined): string | undefined {
  return value instanceof Uint8Array ? latin1(value) : undefined;
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
}

/** For logs and status: nothing that moves a terminal's cursor, and no more than a line. */
function printable(words: string): string {
  let clean = "";
  for (const character of words.slice(0, 100)) clean += character < " " || character > "~" ? "?" : character;
  return clean;
}
