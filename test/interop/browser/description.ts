/**
 * Session descriptions for signalling without media, which is quicker and needs no handshake: a browser offers DTLS and nothing
 * else. What crosses is SRTP with keys in SDP (SDES); what the browser's own RTCPeerConnection sees is DTLS all the same,
 * so that its offer/answer machine takes part in every hold and resume. No packet is ever sent.
 */

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

const directions: readonly string[] = ["sendrecv", "sendonly", "recvonly", "inactive"];
/** One key for the life of a page: a new one in a re-INVITE would be a rekey. */
const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(30))));
const codecs = ["a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15"];

export function directionOf(sdp: string): Direction {
  const values = lines(sdp).flatMap((line) => (line.startsWith("a=") ? [line.slice(2)] : []));
  return (values.find((value) => directions.includes(value)) ?? "sendrecv") as Direction;
}

/** @param origin `o=` value whose version rises with each change */
export function sdesDescription(origin: string, direction: Direction): string {
  return text([
    "v=0",
    `o=${origin}`,
    "s=-",
    "c=IN IP4 192.0.2.99",
    "t=0 0",
    "m=audio 40000 RTP/SAVP 0 8 101",
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`,
    ...codecs,
    `a=${direction}`,
  ]);
}

/** What the browser made, as what is sent. */
export function toSdes(browser: string): string {
  const origin = lines(browser).find((line) => line.startsWith("o=")) ?? "o=- 1 1 IN IP4 127.0.0.1";
  return sdesDescription(origin.slice(2), directionOf(browser));
}

/** What came, as what the browser understands. @param type what it is in the exchange */
export function toDtls(received: string, type: "offer" | "answer"): string {
  const origin = lines(received).find((line) => line.startsWith("o=")) ?? "";
  return text([
    "v=0",
    origin,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 0 8 101",
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    "a=ice-ufrag:none",
    "a=ice-pwd:nobody-is-there-to-be-reached",
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, "0").toUpperCase()).join(":")}`,
    `a=setup:${type === "offer" ? "actpass" : "passive"}`,
    "a=rtcp-mux",
    ...codecs,
    `a=${directionOf(received)}`,
  ]);
}

function lines(sdp: string): readonly string[] {
  return sdp.split("\n").map((line) => line.trimEnd());
}

function text(all: readonly string[]): string {
  return `${all.join("\r\n")}\r\n`;
}
