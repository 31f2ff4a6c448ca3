import { expect, test } from "vitest";
import {
  classifyRtcp,
  classifyRtp,
  maxPacket,
  rtcpCompoundFits,
  rtpHeaderLength,
  rtpPaddingFits,
  ssrcAt,
  wellFormed,
} from "./classify.ts";
import { type DropReason, dropReasons } from "./drop-reason.ts";

function packet(length: number, ...start: number[]): Uint8Array {
  const octets = new Uint8Array(length);
  octets.set(start);
  return octets;
}
const name = (code: number): DropReason | "ok" => (code === wellFormed ? "ok" : (dropReasons[code] as DropReason));

const onRtpPort: readonly (readonly [string, Uint8Array, DropReason | "ok"])[] = [
  ["nothing", packet(0), "not-media"],
  ["a STUN binding request", packet(20, 0x00, 0x01), "stun"],
  ["a DTLS ClientHello", packet(60, 22, 254, 253), "dtls"],
  ["ZRTP", packet(20, 16), "not-media"],
  ["a TURN channel", packet(20, 64), "not-media"],
  ["a SIP message", new TextEncoder().encode("OPTIONS sip:x SIP/2.0\r\n\r\n"), "not-media"],
  ["a plain voice packet", packet(172, 0x80, 0), "ok"],
  ["a header alone, as keep-alive", packet(12, 0x80, 0), "ok"],
  ["eleven octets", packet(11, 0x80, 0), "bad-rtp"],
  ["more CSRCs than there are octets", packet(20, 0x8f, 0), "bad-rtp"],
  ["an extension that ends outside", packet(20, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9), "bad-rtp"],
  ["an extension header that ends outside", packet(14, 0x90, 0), "bad-rtp"],
  ["RTCP", packet(28, 0x80, 200, 0, 6), "rtcp-on-rtp-port"],
  ["version 3", packet(20, 0xc0), "not-media"],
  ["more than a path carries", packet(maxPacket + 1, 0x80), "too-large"],
];
test.each(onRtpPort)("on an RTP port, %s", (_what, octets, expected) => {
  expect(name(classifyRtp(octets, octets.length))).toBe(expected);
});

const onRtcpPort: readonly (readonly [string, Uint8Array, DropReason | "ok"])[] = [
  ["nothing", packet(0), "not-media"],
  ["a sender report", packet(28, 0x80, 200, 0, 6), "ok"],
  ["RTP", packet(172, 0x80, 0), "rtp-on-rtcp-port"],
  ["four octets", packet(4, 0x80, 200), "bad-rtcp"],
  ["STUN", packet(20, 0, 1), "stun"],
  ["more than a path carries", packet(maxPacket + 1, 0x80, 200), "too-large"],
];
test.each(onRtcpPort)("on an RTCP port, %s", (_what, octets, expected) => {
  expect(name(classifyRtcp(octets, octets.length))).toBe(expected);
});

test("the RTP header counts CSRCs and the extension", () => {
  expect(
    rtpHeaderLength(packet(40, 0x92, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 40),
  ).toBe(28);
});

test("padding must exist and fit behind the header", () => {
  const padded = (count: number) => {
    const octets = packet(20, 0xa0);
    octets[19] = count;
    return rtpPaddingFits(octets, 20);
  };
  expect([0, 1, 8, 9].map(padded)).toEqual([false, true, true, false]);
});

test("an RTCP compound must add up to the packet", () => {
  const good = packet(16, 0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 202, 0, 1);
  expect(rtcpCompoundFits(good, 16)).toBe(true);
  expect(rtcpCompoundFits(good, 12)).toBe(false);
  expect(rtcpCompoundFits(packet(16, 0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 9, 0, 1), 16)).toBe(false);
  expect(rtcpCompoundFits(packet(8, 0x80, 201, 0xff, 0xff), 8)).toBe(false);
});

test("an SSRC is an unsigned number", () => {
  expect(ssrcAt(packet(12, 0x80, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 1), 8)).toBe(0xff000001);
});
