/** The invariants of session descriptions, their crypto attributes and digest headers, as fuzz targets. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import {
  attribute,
  attributes,
  connectionAddress,
  direction,
  formatChallenge,
  formatCredentials,
  formatCrypto,
  origin,
  parseChallenge,
  parseCredentials,
  parseCrypto,
  parseSdp,
  rtcpAddress,
  type Sdp,
  serializeSdp,
  transportAttributes,
  withConnection,
  withCrypto,
  withDirection,
  withOrigin,
  withoutAttribute,
  withoutLines,
  withPort,
  withProto,
  withRtcp,
} from "@ringfence/sip";
import type { FuzzTarget } from "./fuzz-driver.ts";

const ours = { family: 4, address: "203.0.113.1" } as const;
const ourKey = {
  tag: 1,
  suite: "AES_CM_128_HMAC_SHA1_80",
  key: new Uint8Array(30),
  lifetime: undefined,
  mki: undefined,
};

/** A value comes out; what we write reads back as the same description; and an anchored one speaks of us only. */
function sdpHolds(input: Uint8Array): void {
  const sdp = parseSdp(input);
  if (sdp.kind === "failure") return;
  const written = serializeSdp(sdp);
  ok(!written.some((octet, at) => octet === 0 || (octet === 0x0d) !== (written[at + 1] === 0x0a)));
  deepStrictEqual(parseSdp(written), sdp);
  for (const media of sdp.media) {
    connectionAddress(sdp, media);
    direction(sdp, media);
    rtcpAddress(media);
    for (const crypto of attributes(media.lines, "crypto")) cryptoHolds(Buffer.from(crypto, "latin1"));
  }
  anchorHolds(sdp);
}

function anchorHolds(sdp: Sdp): void {
  const session = withoutLines(withoutAttribute(sdp.session, ...transportAttributes), "c");
  const media = sdp.media.map((each) => {
    const bare = { ...each, lines: withDirection(withoutAttribute(each.lines, ...transportAttributes), "sendonly") };
    const moved = withRtcp(withProto(withPort(withConnection(bare, ours), 10_000), "RTP/SAVP"), 10_001, ours);
    return withCrypto(moved, [{ ...ourKey, sessionParams: [] }]);
  });
  const identity = { username: "-", sessionId: 1n, sessionVersion: 2n };
  const anchored = parseSdp(serializeSdp(withOrigin({ ...sdp, session, media }, { ...identity, ...ours })));
  // Only the limit on lines may be passed by what we add.
  if (anchored.kind === "failure") return strictEqual(anchored.code, "too-many-lines");
  deepStrictEqual(origin(anchored), identity);
  strictEqual(anchored.media.length, sdp.media.length);
  for (const each of anchored.media) {
    deepStrictEqual(connectionAddress(anchored, each), ours);
    deepStrictEqual(rtcpAddress(each), { port: 10_001, address: ours });
    strictEqual(direction(anchored, each), "sendonly");
    strictEqual(attributes(each.lines, "crypto").length, 1);
    strictEqual(each.lines.filter(({ type }) => type === "c").length, 1);
    for (const name of ["candidate", "ice-pwd", "fingerprint", "setup"]) {
      strictEqual(attribute(each.lines, name), undefined);
    }
  }
}

function cryptoHolds(input: Uint8Array): void {
  const crypto = parseCrypto(Buffer.from(input).toString("latin1"));
  if (crypto !== undefined) deepStrictEqual(parseCrypto(formatCrypto(crypto)), crypto);
}

function digestHolds(input: Uint8Array): void {
  const text = Buffer.from(input).toString("latin1");
  const challenge = parseChallenge(text);
  if (challenge !== undefined) deepStrictEqual(parseChallenge(formatChallenge(challenge)), challenge);
  const credentials = parseCredentials(text);
  if (credentials !== undefined) deepStrictEqual(parseCredentials(formatCredentials(credentials)), credentials);
}

const latin1 = (...lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1");

export const descriptions: readonly Uint8Array[] = [
  latin1(
    "v=0",
    "o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5",
    "s=SDP Seminar",
    "c=IN IP4 224.2.17.12/127",
    "t=2873397496 2873404696",
    "a=recvonly",
    "m=audio 49170/2 RTP/AVP 0 8",
    "a=rtcp:49180 IN IP6 2001:db8::7",
    "m=video 0 RTP/AVP 99",
    "i=title",
    "b=AS:64",
    "a=rtpmap:99 h263-1998/90000",
  ),
  latin1(
    "v=0",
    "o=- 1768721167 1768721167 IN IP4 192.0.2.4",
    "s=mss",
    "t=0 0",
    "m=audio 20400 RTP/SAVP 0 101",
    "c=IN IP4 192.0.2.4",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 KDR=1",
    "a=crypto:2 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==",
    "a=sendonly",
    "a=mid:0",
  ),
  latin1(
    "v=0",
    "o=- 4611731400430051336 2 IN IP6 ::1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "a=ice-options:trickle",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP6 ::",
    "a=rtcp:9 IN IP4 0.0.0.0",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789012345678901",
    "a=fingerprint:sha-256 00:11:22",
    "a=setup:actpass",
    "a=candidate:1 1 udp 2113937151 192.0.2.1 54400 typ host",
    "a=rtcp-mux",
  ),
];

const cryptos = [
  "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP",
  "2 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==|1048576 -X UNENCRYPTED_SRTCP",
  "999999999 F8_128_HMAC_SHA1_80 inline:AAAA|255:128",
].map((text) => Buffer.from(text, "latin1"));

const digests = [
  'Digest realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", algorithm=MD5, stale=true',
  'Digest realm="a, \\"b\\"", nonce="n", qop="auth,auth-int", opaque="", algorithm=SHA-512-256-sess, domain="sip:x"',
  'Digest username="u", realm="r", nonce="n", uri="sip:r", response="0123456789abcdef0123456789abcdef", algorithm=MD5',
  'Digest username="u", realm="r", nonce="n", uri="sip:r", response="0123456789abcdef0123456789abcdef", qop=auth, nc=00000001, cnonce="c"',
].map((text) => Buffer.from(text, "latin1"));

export const sdpTargets: readonly FuzzTarget[] = [
  { name: "sdp", seeds: descriptions, run: sdpHolds },
  { name: "sdp-crypto", seeds: cryptos, run: cryptoHolds },
  { name: "digest", seeds: digests, run: digestHolds },
];
