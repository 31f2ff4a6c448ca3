/** What the two ends of a call agree on: offer and answer of one audio stream (RFC 3264), its keys in SDES (RFC 4568). */
import { keyAndSaltLength, type SrtpSuite, suiteNamed } from "@ringfence/node-srtp";
import {
  attributes,
  type CryptoAttribute,
  connectionAddress,
  formatCrypto,
  parseCrypto,
  parseSdp,
  type Random,
  type Sdp,
  type SdpMedia,
} from "@ringfence/sip";
import { type G711, g711 } from "./g711.ts";

export interface OwnMedia {
  /** Where packets for us go. */
  readonly address: string;
  readonly port: number;
  /** What is offered, the preferred first; none: plain RTP. */
  readonly keys: readonly OwnKey[];
}

export interface OwnKey {
  readonly tag: number;
  readonly suite: SrtpSuite;
  readonly key: Uint8Array;
}

export interface Agreed {
  readonly to: { readonly address: string; readonly port: number };
  readonly format: G711;
  readonly srtp: { readonly suite: SrtpSuite; readonly ours: Uint8Array; readonly theirs: Uint8Array } | undefined;
}

/** Why a description is none we can talk by. Closed: said.ts has words for each. */
export type SessionProblem = "no-sdp" | "no-audio" | "no-codec" | "not-encrypted" | "encrypted" | "no-common-suite";

/** The one that every telephone knows first; each makes the INVITE longer. */
const suites: readonly SrtpSuite[] = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"];

export function ownKeys(srtp: "required" | "off", random: Random): readonly OwnKey[] {
  if (srtp === "off") return [];
  return suites.map((suite, at) => ({ tag: at + 1, suite, key: random(keyAndSaltLength(suite)) }));
}

export function offer(own: OwnMedia): Uint8Array {
  return describe(own, own.keys.length === 0 ? "RTP/AVP" : "RTP/SAVP", g711, own.keys);
}

/** What the answer to our offer means. */
export function readAnswer(own: OwnMedia, body: Uint8Array): Agreed | SessionProblem {
  const line = audioOf(body);
  if (typeof line === "string") return line;
  const srtp = line.isSecure
    ? keysOf(own, line.cryptos, (crypto, { tag, suite }) => fits(crypto, tag, suite))
    : undefined;
  return agreed(own, line, srtp);
}

/** Our answer to an offer; its tag names the key it takes (RFC 4568 §5.1.2). */
export function answerOffer(
  own: OwnMedia,
  body: Uint8Array,
): { readonly agreed: Agreed; readonly body: Uint8Array } | SessionProblem {
  const line = audioOf(body);
  if (typeof line === "string") return line;
  const srtp = line.isSecure ? keysOf(own, line.cryptos, (crypto, { suite }) => crypto.suite === suite) : undefined;
  const result = agreed(own, line, srtp);
  if (typeof result === "string") return result;
  const keys = srtp === undefined ? [] : [{ tag: srtp.tag, suite: srtp.suite, key: srtp.ours }];
  return { agreed: result, body: describe(own, line.proto, [result.format], keys) };
}

interface AudioLine {
  readonly proto: string;
  readonly isSecure: boolean;
  readonly to: Agreed["to"];
  readonly format: G711;
  readonly cryptos: readonly CryptoAttribute[];
}

interface Keys {
  readonly tag: number;
  readonly suite: SrtpSuite;
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

function audioOf(body: Uint8Array): AudioLine | SessionProblem {
  const sdp = parseSdp(body);
  if (sdp.kind !== "sdp") return "no-sdp";
  const media = sdp.media.find((one) => one.media === "audio" && one.port !== 0);
  const to = media === undefined ? undefined : placeOf(sdp, media);
  if (media === undefined || to === undefined) return "no-audio";
  const format = g711.find((one) => media.formats.includes(String(one)));
  if (format === undefined) return "no-codec";
  const cryptos = attributes(media.lines, "crypto").flatMap((value) => parseCrypto(value) ?? []);
  return { proto: media.proto, isSecure: media.proto.startsWith("RTP/SAVP"), to, format, cryptos };
}

function placeOf(sdp: Sdp, media: SdpMedia): Agreed["to"] | undefined {
  const address = connectionAddress(sdp, media)?.address;
  return address === undefined ? undefined : { address, port: media.port };
}

function keysOf(
  own: OwnMedia,
  cryptos: readonly CryptoAttribute[],
  isMeant: (crypto: CryptoAttribute, key: OwnKey) => boolean,
): Keys | undefined {
  for (const crypto of cryptos) {
    const suite = suiteNamed(crypto.suite);
    const ours = own.keys.find((key) => isMeant(crypto, key));
    // An MKI would stand in every packet; nobody who answers us needs one.
    if (suite === undefined || ours === undefined || crypto.mki !== undefined) continue;
    if (crypto.key.length !== keyAndSaltLength(suite)) continue;
    return { tag: crypto.tag, suite, ours: ours.key, theirs: crypto.key };
  }
  return undefined;
}

function fits(crypto: CryptoAttribute, tag: number, suite: SrtpSuite): boolean {
  return crypto.tag === tag && crypto.suite === suite;
}

function agreed(own: OwnMedia, { isSecure, to, format }: AudioLine, srtp: Keys | undefined): Agreed | SessionProblem {
  if (own.keys.length > 0 && !isSecure) return "not-encrypted";
  if (own.keys.length === 0 && isSecure) return "encrypted";
  if (isSecure && srtp === undefined) return "no-common-suite";
  return { to, format, srtp };
}

function describe(
  { address, port }: OwnMedia,
  proto: string,
  formats: readonly G711[],
  keys: readonly OwnKey[],
): Uint8Array {
  const family = address.includes(":") ? "IP6" : "IP4";
  const names: Readonly<Record<G711, string>> = { 0: "PCMU", 8: "PCMA" };
  const lines = [
    "v=0",
    `o=- 1 1 IN ${family} ${address}`,
    "s=-",
    `c=IN ${family} ${address}`,
    "t=0 0",
    `m=audio ${port} ${proto} ${formats.join(" ")}`,
    ...formats.map((format) => `a=rtpmap:${format} ${names[format]}/8000`),
    ...keys.map((key) => `a=crypto:${formatCrypto({ ...key, ...plain })}`),
    "a=ptime:20",
    "a=sendrecv",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n`, "latin1");
}

const plain = { lifetime: undefined, mki: undefined, sessionParams: [] } as const;
