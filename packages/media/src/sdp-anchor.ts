/**
 * The SDP we write: all of it is ours. Of the other side only codecs and directions cross (crossing-attributes.ts);
 * no address, user name, session id, key or candidate of one leg is ever seen on the other.
 */
import { formatCrypto, type SdpLine, type SdpMedia, serializeSdp } from "@ringfence/sip";
import type { Proposal } from "./keying.ts";
import type { Direction, OffStream, PeerStream, Profile } from "./sdp-read.ts";

export interface WrittenStream {
  readonly kind: "rtp";
  readonly media: PeerStream["media"];
  readonly profile: Profile;
  /** Our RTP port; RTCP is the one above, which needs no a=rtcp. */
  readonly port: number;
  readonly formats: readonly string[];
  readonly crossing: readonly SdpLine[];
  readonly direction: Direction;
  /** One in an answer, one a suite in an offer, none without SRTP. */
  readonly cryptos: readonly Proposal[];
}

export type WrittenLine = WrittenStream | OffStream;

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

  write(address: string, lines: readonly WrittenLine[]): Uint8Array {
    const media = lines.map(mediaOf);
    const content = JSON.stringify([address, media]);
    if (content !== this.#last) this.#version++;
    this.#last = content;
    const place = `IN ${address.includes(":") ? "IP6" : "IP4"} ${address}`;
    return serializeSdp({
      kind: "sdp",
      session: [
        { type: "v", value: "0" },
        { type: "o", value: `- ${this.#sessionId} ${this.#version} ${place}` },
        { type: "s", value: "-" },
        { type: "c", value: place },
        { type: "t", value: "0 0" },
      ],
      media,
    });
  }
}

function profileName(profile: Profile): string {
  const secure = profile.keying === "none" ? "" : "S";
  return `${profile.keying === "dtls" ? "UDP/TLS/" : ""}RTP/${secure}AVP${profile.feedback ? "F" : ""}`;
}

/** The direction to tell the far side: a peer that named 0.0.0.0 wants nothing sent, which is what sendonly says today (RFC 3264 §8.4). */
export function crossingDirection(stream: PeerStream): Direction {
  if (stream.endpoint !== undefined) return stream.direction;
  return stream.direction === "sendrecv" || stream.direction === "sendonly" ? "sendonly" : "inactive";
}

/** A stream that is refused: written with port 0, as RFC 3264 §6 asks, so that lines keep their places. */
export function refusedLine(stream: PeerStream): OffStream {
  return {
    kind: "off",
    offered: true,
    media: stream.media,
    proto: profileName(stream.profile),
    format: stream.formats[0] ?? "0",
  };
}

function mediaOf(line: WrittenLine): SdpMedia {
  if (line.kind === "off") {
    return { media: line.media, port: 0, portCount: undefined, proto: line.proto, formats: [line.format], lines: [] };
  }
  const cryptos = line.cryptos.map(({ tag, key }) =>
    formatCrypto({ tag, suite: key.suite, key: key.key, lifetime: undefined, mki: undefined, sessionParams: [] }),
  );
  return {
    media: line.media,
    port: line.port,
    portCount: undefined,
    proto: profileName(line.profile),
    formats: line.formats,
    lines: [
      ...line.crossing,
      ...cryptos.map((value) => ({ type: "a", value: `crypto:${value}` })),
      { type: "a", value: line.direction },
    ],
  };
}
