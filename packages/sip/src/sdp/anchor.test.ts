import { expect, test } from "vitest";
import {
  transportAttributes,
  withAttribute,
  withConnection,
  withCrypto,
  withDirection,
  withFormats,
  withOrigin,
  withoutAttribute,
  withoutLines,
  withPort,
  withProto,
  withRtcp,
} from "./anchor.ts";
import { parseSdp } from "./parse.ts";
import { serializeSdp } from "./serialize.ts";
import {
  attribute,
  attributes,
  connectionAddress,
  direction,
  origin,
  rtcpAddress,
  type Sdp,
  type SdpMedia,
} from "./session.ts";

function read(...lines: readonly string[]): Sdp {
  const sdp = parseSdp(Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1"));
  if (sdp.kind === "failure") throw new Error(sdp.code);
  return sdp;
}

/** A description of one media with these lines below m=, and these in the session. */
function one(below: readonly string[], session: readonly string[] = []): { sdp: Sdp; media: SdpMedia } {
  const sdp = read("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...session, "m=audio 4000/2 RTP/AVP 0 8", ...below);
  const [media] = sdp.media;
  if (media === undefined) throw new Error("no media");
  return { sdp, media };
}

const write = (media: SdpMedia) =>
  Buffer.from(serializeSdp({ kind: "sdp", session: [], media: [media] }))
    .toString("latin1")
    .trimEnd()
    .split("\r\n")
    .slice(1);
const lines = (media: SdpMedia) => media.lines.map(({ type, value }) => `${type}=${value}`);
const us = { family: 4, address: "203.0.113.1" } as const;

test("the media's c= goes before the session's", () => {
  const both = one(["c=IN IP6 2001:DB8::1"], ["c=IN IP4 192.0.2.9"]);
  expect(connectionAddress(both.sdp, both.media)).toEqual({ family: 6, address: "2001:db8::1" });
  const inherited = one([], ["c=IN IP4 192.0.2.9"]);
  expect(connectionAddress(inherited.sdp, inherited.media)).toEqual({ family: 4, address: "192.0.2.9" });
});

test.each([
  ["IN IP4 224.2.1.1/127/3", "224.2.1.1"],
  ["IN IP6 FF15::101/3", "ff15::101"],
  ["IN IP4 0.0.0.0", "0.0.0.0"],
  ["IN IP4 host.example.com", undefined],
  ["IN IP4 2001:db8::1", undefined],
  ["IN IP6 192.0.2.1", undefined],
  ["IN IP6 [2001:db8::1]", undefined],
  ["IN IP4 010.0.0.1", undefined],
  ["IN IP4 192.0.2.1 ", undefined],
  ["IN IP4 192.0.2.1/x", undefined],
  ["IN IP4 192.0.2.1/1/2/3", undefined],
  ["in ip4 192.0.2.1", undefined],
  ["ATM NSAP 1", undefined],
  ["IN", undefined],
])("c=%s names %s", (value, expected) => {
  const { sdp, media } = one([`c=${value}`]);
  expect(connectionAddress(sdp, media)?.address).toBe(expected);
});

test("without any c= there is no address", () => {
  const { sdp, media } = one([]);
  expect(connectionAddress(sdp, media)).toBeUndefined();
});

test("the direction is the media's, else the session's, else both ways", () => {
  const table = [
    [one(["a=recvonly", "a=sendonly"], ["a=inactive"]), "recvonly"],
    [one(["a=sendonly:x"], ["a=inactive"]), "inactive"],
    [one([]), "sendrecv"],
  ] as const;
  for (const [{ sdp, media }, expected] of table) expect(direction(sdp, media)).toBe(expected);
});

test("attributes keep their order and their copies", () => {
  const { media } = one(["a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=rtpmap:8 PCMA/8000", "a=flag", "b=rtpmap:9"]);
  expect(attributes(media.lines, "rtpmap")).toEqual(["0 PCMU/8000", "8 PCMA/8000"]);
  expect([attribute(media.lines, "flag"), attribute(media.lines, "none")]).toEqual(["", undefined]);
  expect(attribute(media.lines, "__proto__")).toBeUndefined();
});

test("anchoring moves address, port and profile, and leaves the rest in place", () => {
  const { media } = one([
    "i=title",
    "c=IN IP4 10.0.0.1",
    "b=AS:64",
    "c=IN IP4 10.0.0.2",
    "a=rtpmap:0 PCMU/8000",
    "a=x-own:1",
  ]);
  const anchored = withProto(withPort(withConnection(media, us), 10_000), "RTP/SAVP");
  expect([anchored.port, anchored.portCount, anchored.proto]).toEqual([10_000, undefined, "RTP/SAVP"]);
  expect(lines(anchored)).toEqual(["i=title", "c=IN IP4 203.0.113.1", "b=AS:64", "a=rtpmap:0 PCMU/8000", "a=x-own:1"]);
  expect(lines(media)).toHaveLength(6);
});

test("a c= that was missing goes where the grammar wants it", () => {
  const { media } = one(["i=title", "b=AS:64", "a=x"]);
  expect(write(withConnection(media, { family: 6, address: "2001:db8::1" }))).toEqual([
    "i=title",
    "c=IN IP6 2001:db8::1",
    "b=AS:64",
    "a=x",
  ]);
});

test("threat L6: no address, key or candidate of the other side stays", () => {
  const foreign = [
    "a=candidate:1 1 UDP 1 10.0.0.1 4000 typ host",
    "a=ice-ufrag:x",
    "a=ice-pwd:y",
    "a=Crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x",
    "a=fingerprint:sha-256 00",
    "a=setup:actpass",
    "a=rtcp:4001 IN IP4 10.0.0.1",
    "a=remote-candidates:1 10.0.0.1 1",
    "a=rtcp-mux",
    "a=end-of-candidates",
  ];
  const { media } = one([...foreign, "a=rtpmap:0 PCMU/8000", "k=clear:x"]);
  const kept = withoutLines(withoutAttribute(media.lines, ...transportAttributes), "k");
  expect(kept).toEqual([{ type: "a", value: "rtpmap:0 PCMU/8000" }]);
});

test("a direction replaces every one there was", () => {
  const { media } = one(["a=sendonly", "a=ptime:20", "a=inactive"]);
  expect(withDirection(media.lines, "recvonly").map(({ value }) => value)).toEqual(["recvonly", "ptime:20"]);
});

test("an attribute is replaced in place, or added at the end", () => {
  const { media } = one(["a=mid:0", "a=ptime:20", "a=mid:1"]);
  expect(withAttribute(media.lines, "mid", "9").map(({ value }) => value)).toEqual(["mid:9", "ptime:20"]);
  expect(withAttribute(media.lines, "rtcp-mux", "").at(-1)).toEqual({ type: "a", value: "rtcp-mux" });
});

test("our RTCP address and keys stand in place of the peer's", () => {
  const { media } = one(["a=rtcp:4001", "a=crypto:1 X inline:AA==", "a=ptime:20", "a=crypto:2 Y inline:AA=="]);
  const key = { lifetime: undefined, mki: undefined, sessionParams: [], key: Uint8Array.of(1, 2, 3) };
  const ours = withCrypto(withRtcp(media, 10_001, us), [
    { ...key, tag: 1, suite: "A" },
    { ...key, tag: 2, suite: "B" },
  ]);
  expect(lines(ours)).toEqual([
    "a=rtcp:10001 IN IP4 203.0.113.1",
    "a=crypto:1 A inline:AQID",
    "a=crypto:2 B inline:AQID",
    "a=ptime:20",
  ]);
  expect(lines(withCrypto(media, []))).toEqual(["a=rtcp:4001", "a=ptime:20"]);
  expect(withFormats(media, ["8"]).formats).toEqual(["8"]);
});

test("the origin is read strictly and replaced whole", () => {
  const sdp = read("v=0", "o=- 18446744073709551615 2 IN IP6 2001:db8::1", "s=x");
  expect(origin(sdp)).toEqual({
    username: "-",
    sessionId: 18_446_744_073_709_551_615n,
    sessionVersion: 2n,
  });
  const replaced = withOrigin(sdp, { username: "ringfence", sessionId: 5n, sessionVersion: 6n, ...us });
  expect(replaced.session[1]).toEqual({ type: "o", value: "ringfence 5 6 IN IP4 203.0.113.1" });
  for (const value of ["- x 2 IN IP4 1.2.3.4", "- 1 -2 IN IP4 1.2.3.4", "- 1 2 IN IP4", ""]) {
    expect(origin(read("v=0", `o=${value}`))).toBeUndefined();
  }
});

test.each([
  ["4001", { port: 4001, address: undefined }],
  ["4001 IN IP4 192.0.2.1", { port: 4001, address: { family: 4, address: "192.0.2.1" } }],
  ["0", undefined],
  ["65536", undefined],
  ["4001 IN IP4 host", undefined],
])("a=rtcp:%s is read strictly", (value, expected) => {
  expect(rtcpAddress(one([`a=rtcp:${value}`]).media)).toEqual(expected);
});
