import { readFileSync } from "node:fs";
import { connectionAddress, direction, origin, parseMessage, parseSdp, type Sdp, serializeSdp } from "@ringfence/sip";
import { expect, test } from "vitest";

function fixture(name: string): Uint8Array {
  const bytes = readFileSync(new URL(`../fixtures/rfc5118/${name}.dat`, import.meta.url));
  const message = parseMessage(bytes, "datagram");
  if (message.kind === "failure") throw new Error(message.code);
  return message.body;
}

function text(...lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1");
}

/** RFC 4566 §5 */
const rfc4566 = text(
  "v=0",
  "o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5",
  "s=SDP Seminar",
  "i=A Seminar on the session description protocol",
  "u=http://www.example.com/seminars/sdp.pdf",
  "e=j.doe@example.com (Jane Doe)",
  "c=IN IP4 224.2.17.12/127",
  "t=2873397496 2873404696",
  "a=recvonly",
  "m=audio 49170 RTP/AVP 0",
  "m=video 51372 RTP/AVP 99",
  "a=rtpmap:99 h263-1998/90000",
);

/** RFC 4568 §4.1 */
const rfc4568 = text(
  "v=0",
  "o=sam 2890844526 2890842807 IN IP4 10.47.16.5",
  "s=SRTP Discussion",
  "i=A discussion of Secure RTP",
  "u=http://www.example.com/seminars/srtp.pdf",
  "e=marge@example.com (Marge Simpson)",
  "c=IN IP4 168.2.17.12",
  "t=2873397496 2873404696",
  "m=audio 49170 RTP/SAVP 0",
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP",
);

/** RFC 3264 §10.1: an answer that refuses one stream. */
const rfc3264 = text(
  "v=0",
  "o=bob 2890844730 2890844730 IN IP4 host.example.com",
  "s=",
  "c=IN IP4 host.example.com",
  "t=0 0",
  "m=audio 49920 RTP/AVP 0",
  "a=rtpmap:0 PCMU/8000",
  "m=video 0 RTP/AVP 31",
  "m=video 53000 RTP/AVP 32",
  "a=rtpmap:32 MPV/90000",
);

const bodies: readonly (readonly [name: string, body: Uint8Array, streams: readonly string[]])[] = [
  ["RFC 4566 §5", rfc4566, ["audio 49170 224.2.17.12 recvonly", "video 51372 224.2.17.12 recvonly"]],
  ["RFC 4568 §4.1", rfc4568, ["audio 49170 168.2.17.12 sendrecv"]],
  [
    "RFC 3264 §10.1",
    rfc3264,
    ["audio 49920 nowhere sendrecv", "video 0 nowhere sendrecv", "video 53000 nowhere sendrecv"],
  ],
  [
    "RFC 5118 §4.7 ipv6-in-sdp",
    fixture("ipv6-in-sdp"),
    ["audio 6000 2001:db8::20 sendrecv", "video 6024 2001:db8::20 sendrecv"],
  ],
  [
    "RFC 5118 §4.9 mult-ip-in-sdp",
    fixture("mult-ip-in-sdp"),
    ["audio 22334 192.0.2.1 sendrecv", "video 6024 2001:db8::1 sendrecv"],
  ],
];

function read(body: Uint8Array): Sdp {
  const sdp = parseSdp(body);
  if (sdp.kind === "failure") throw new Error(`${sdp.code} in line ${sdp.line}`);
  return sdp;
}

test.each(bodies)("%s is read, and written back octet by octet", (_name, body, streams) => {
  const sdp = read(body);
  expect(Buffer.from(serializeSdp(sdp)).equals(body)).toBe(true);
  expect(origin(sdp)).toBeDefined();
  expect(
    sdp.media.map((media) =>
      [media.media, media.port, connectionAddress(sdp, media)?.address ?? "nowhere", direction(sdp, media)].join(" "),
    ),
  ).toEqual(streams);
});
