/**
 * The SDP we write: all of it is ours. Of the other side only codecs and directions cross (crossing-attributes.ts);
 * no address, user name, session id, key or candidate of one leg is ever seen on the other.
 */
import { type Direction, formatCrypto, type SdpLine, type SdpMedia, serializeSdp } from "@ringfence/sip";
import type { Profile } from "../sdp/profile.ts";
import type { OffStream, PeerStream } from "../sdp/sdp-read.ts";
import type { Setup } from "../sdp/transport-read.ts";
import type { Fingerprint, IceCredentials } from "../transport/transport.ts";
import type { Proposal } from "./keying.ts";
import { fingerprintText } from "./keying-dtls.ts";
import type { Link, LinkOffer } from "./link.ts";

/** How a line of ours travels. */
export interface WrittenTransport {
  /** One in an answer, one a suite in an offer, none without SDES. */
  readonly cryptos: readonly Proposal[];
  /** undefined: no DTLS. */
  readonly setup: Setup | undefined;
  readonly ice: IceCredentials | undefined;
  readonly mux: boolean;
}

export interface WrittenStream {
  readonly kind: "stream";
  readonly media: PeerStream["media"];
  readonly profile: Profile;
  /** Our RTP port; RTCP is the one above, which needs no a=rtcp. 0 with `bundle: only`. */
  readonly port: number;
  readonly formats: readonly string[];
  readonly crossing: readonly SdpLine[];
  readonly direction: Direction;
  readonly transport: WrittenTransport;
  /** RFC 5888. */
  readonly mid: string | undefined;
  /** RFC 9143: on the group's transport; only: on nothing else. */
  readonly bundle: "member" | "only" | undefined;
}

export type WrittenLine = WrittenStream | OffStream;

/** What we say of a leg in all its lines. */
export interface WrittenFacts {
  /** Advertised address. */
  readonly address: string;
  /** Of our certificate; undefined where there is no DTLS. */
  readonly fingerprint: Fingerprint | undefined;
}

/** RFC 8445 §5.1.2.1: type preference 126 (host), local preference 65535; the component makes the difference. */
const hostPriority = 126 * 2 ** 24 + 65_535 * 2 ** 8 + 256;

/** What we write on one leg over the life of a call: one session id, and a version that counts what changed (RFC 3264 §8). */
export class SdpScript {
  readonly #sessionId: string;
  #version = 0;
  #last = "";

  /** `random`: eight octets. */
  constructor(random: Uint8Array) {
    // Fits 63 bits, and a JavaScript number of whoever parses it as one.
    this.#sessionId = (new DataView(random.buffer, random.byteOffset, 8).getBigUint64(0) >> 11n).toString();
  }

  write(facts: WrittenFacts, lines: readonly WrittenLine[]): Uint8Array {
    const media = lines.map((line) => mediaOf(line, facts));
    const shared = sessionLines(lines);
    const content = JSON.stringify([facts.address, shared, media]);
    if (content !== this.#last) this.#version++;
    this.#last = content;
    const place = `IN ${facts.address.includes(":") ? "IP6" : "IP4"} ${facts.address}`;
    return serializeSdp({
      kind: "sdp",
      session: [
        { type: "v", value: "0" },
        { type: "o", value: `- ${this.#sessionId} ${this.#version} ${place}` },
        { type: "s", value: "-" },
        { type: "c", value: place },
        { type: "t", value: "0 0" },
        ...shared.map((value) => ({ type: "a", value })),
      ],
      media,
    });
  }
}

/** RFC 8839 §5.3: we are lite, our one candidate is where we are. RFC 9143 §7.1: which lines share it. */
function sessionLines(lines: readonly WrittenLine[]): readonly string[] {
  const streams = lines.filter((line) => line.kind === "stream");
  const mids = streams.filter((line) => line.bundle !== undefined).flatMap((line) => line.mid ?? []);
  return [
    ...(mids.length > 0 ? [`group:BUNDLE ${mids.join(" ")}`] : []),
    ...(streams.some((line) => line.transport.ice !== undefined) ? ["ice-lite"] : []),
  ];
}

/** The direction to tell the far side: a peer that named 0.0.0.0 wants nothing sent, which is what sendonly says today (RFC 3264 §8.4). */
export function crossingDirection(stream: PeerStream): Direction {
  if (!stream.held) return stream.direction;
  return stream.direction === "sendrecv" || stream.direction === "sendonly" ? "sendonly" : "inactive";
}

/** A stream that is refused: written with port 0, as RFC 3264 §6 asks, so that lines keep their places. */
export function refusedLine(stream: PeerStream): OffStream {
  const { media, profile, formats } = stream;
  return { kind: "off", offered: true, media, proto: profile.name, format: formats[0] ?? "0" };
}

export function answeredTransport({ keys, dtls, ice, mux }: Link): WrittenTransport {
  const cryptos = keys === undefined ? [] : [{ tag: keys.tag, key: keys.outbound }];
  return { cryptos, setup: dtls?.role, ice: ice?.local, mux };
}

/** RFC 5763 §5: an offer leaves the role to the answer. */
export function offeredTransport({ proposals, dtls, ice, mux }: LinkOffer): WrittenTransport {
  return { cryptos: proposals, setup: dtls ? "actpass" : undefined, ice, mux };
}

function mediaOf(line: WrittenLine, facts: WrittenFacts): SdpMedia {
  const head = { media: line.media, portCount: undefined };
  if (line.kind === "off") return { ...head, port: 0, proto: line.proto, formats: [line.format], lines: [] };
  const { profile, port, formats, crossing, direction, mid, bundle } = line;
  const own = [
    ...(mid === undefined ? [] : [`mid:${mid}`]),
    ...(bundle === "only" ? ["bundle-only"] : []),
    ...transportLines(line, facts),
    ...(profile.payload === "opaque" && direction === "sendrecv" ? [] : [direction]),
  ];
  const lines = [...crossing, ...own.map((value) => ({ type: "a", value }))];
  return { ...head, port, proto: profile.name, formats, lines };
}

function transportLines({ port, transport }: WrittenStream, { address, fingerprint }: WrittenFacts): readonly string[] {
  const { cryptos, setup, ice, mux } = transport;
  const dtls = setup === undefined || fingerprint === undefined ? [] : [fingerprintText(fingerprint), setup];
  const [print, word] = dtls;
  return [
    ...cryptos.map((proposal) => `crypto:${cryptoText(proposal)}`),
    ...(print === undefined ? [] : [`fingerprint:${print}`, `setup:${word}`]),
    ...(mux ? ["rtcp-mux"] : []),
    ...(ice === undefined ? [] : [`ice-ufrag:${ice.ufrag}`, `ice-pwd:${ice.pwd}`]),
    ...(ice === undefined || port === 0 ? [] : candidateLines(address, port, mux)),
  ];
}

/** RFC 8839 §5.1: one host candidate a component, and no more to come (RFC 8840 §8.2). */
function candidateLines(address: string, port: number, mux: boolean): readonly string[] {
  const candidate = (component: number): string =>
    `candidate:1 ${component} udp ${hostPriority - component} ${address} ${port + component - 1} typ host`;
  return [candidate(1), ...(mux ? [] : [candidate(2)]), "end-of-candidates"];
}

function cryptoText({ tag, key }: Proposal): string {
  return formatCrypto({ tag, suite: key.suite, key: key.key, lifetime: undefined, mki: undefined, sessionParams: [] });
}
