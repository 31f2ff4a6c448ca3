/** Offers and answers of one call, as text: what a phone and a PBX would write, and what media makes of it. */
import type { LegMedia, LegName, Media } from "@ringfence/media";
import { coreLeg, keyText, linesOf, phoneLeg, sdp } from "../../packages/media/src/media-bench.ts";

export const suite80 = "AES_CM_128_HMAC_SHA1_80";
export const suite32 = "AES_CM_128_HMAC_SHA1_32" as const;
export const gcm = "AEAD_AES_128_GCM";
export const phone = "198.51.100.7";
export const pbx = "10.0.0.5";
export const plainPhone = { ...phoneLeg, srtp: "off" as const };

export const savp = (fill = 1, ...more: readonly string[]) =>
  sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(fill)}`, ...more);
export const avp = (address: string, ...more: readonly string[]) => sdp(address, "m=audio 5000 RTP/AVP 0", ...more);
export const key = (text: string) => linesOf(text, "a=crypto:")[0]?.split("inline:")[1];
/** Ours: [tag, suite, key as base64]. */
export const cryptos = (text: string) =>
  linesOf(text, "a=crypto:").map((line) => line.replace("inline:", "").split(" "));

/** The SDP for the other leg, or the refusal as `status reason`. */
export class Talk {
  readonly media: Media;

  constructor(media: Media) {
    this.media = media;
  }

  async offer(from: LegName, body: string, a: LegMedia = phoneLeg, b: LegMedia = coreLeg): Promise<string> {
    return textOf(await this.media.offer("c1", from, Buffer.from(body, "latin1"), { a, b }));
  }

  async answer(from: LegName, body: string): Promise<string> {
    return textOf(await this.media.answer("c1", from, Buffer.from(body, "latin1")));
  }
}

export function textOf(result: Awaited<ReturnType<Media["offer"]>>): string {
  return result.ok ? Buffer.from(result.sdp).toString("latin1") : `${result.status} ${result.reason}`;
}

/** What, the offer, the leg that makes it, and what it is answered. */
export const refusals: readonly (readonly [string, string, LegMedia, string])[] = [
  ["plain RTP where SRTP is required", avp(phone), phoneLeg, "488 srtp-required"],
  ["SRTP where it is off", savp(), plainPhone, "488 srtp-not-allowed"],
  ["a suite that is not allowed", savp(), { ...phoneLeg, suites: [gcm] }, "488 no-common-suite"],
  ["SAVP without a key", sdp(phone, "m=audio 4000 RTP/SAVP 0"), phoneLeg, "488 no-common-suite"],
  ["no m= line", sdp(phone), plainPhone, "488 no-media"],
  ["what is not SDP", "hello", plainPhone, "400 bad-sdp"],
  ["a host name as address", sdp("pbx.example.com", "m=audio 4000 RTP/AVP 0"), plainPhone, "400 bad-sdp"],
  ["loopback from outside (threat L14)", avp("127.0.0.1"), plainPhone, "488 bad-address"],
  ["link-local from outside (threat L14)", avp("169.254.169.254"), plainPhone, "488 bad-address"],
  ["multicast (threat L14)", avp("224.0.0.9"), plainPhone, "488 bad-address"],
  ["a name server's port", sdp(phone, "m=audio 53 RTP/AVP 0"), plainPhone, "488 bad-address"],
];

/** What, the answer of a phone to an SRTP offer, and what it is answered. */
export const badAnswers: readonly (readonly [string, string, string])[] = [
  ["plain RTP to an SRTP offer", avp(phone), "488 answer-mismatch"],
  [
    "a tag we did not offer",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:99 ${suite80} inline:${keyText(1)}`),
    "488 no-common-suite",
  ],
  ["one m= line too many", sdp(phone, "m=audio 0 RTP/SAVP 0", "m=video 0 RTP/AVP 96"), "488 answer-mismatch"],
  [
    "another medium",
    sdp(phone, "m=video 4000 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(1)}`),
    "488 answer-mismatch",
  ],
];
