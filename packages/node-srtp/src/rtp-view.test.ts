import fc from "fast-check";
import { expect, test } from "vitest";
import { rtpPacket } from "./contract-support.ts";
import { srtpResult } from "./failure.ts";
import { rtpHeaderLength, rtpPaddingLength, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from "./rtp-view.ts";

test.each([
  ["a fixed header", {}, 12],
  ["CSRCs", { csrcs: 15 }, 72],
  ["an extension", { extensionWords: 5 }, 36],
  ["CSRCs and an empty extension", { csrcs: 1, extensionWords: 0 }, 20],
])("measures %s", (_, shape, expected) => {
  const { packet, length } = rtpPacket(shape);
  expect(rtpHeaderLength(packet, length)).toBe(expected);
  expect(rtpHeaderLength(packet, expected)).toBe(expected);
  expect(rtpHeaderLength(packet, expected - 1)).toBeLessThan(0);
});

test("reads the fields, unsigned", () => {
  const packet = Buffer.from("80ff ffff ffff fffe ffff fffd".replaceAll(" ", ""), "hex");
  expect(rtpPayloadType(packet)).toBe(127);
  expect(rtpSequence(packet)).toBe(65_535);
  expect(rtpTimestamp(packet)).toBe(0xffff_fffe);
  expect(rtpSsrc(packet)).toBe(0xffff_fffd);
});

test("an extension that claims more than the packet holds is malformed", () => {
  const { packet, length } = rtpPacket({ extensionWords: 1 });
  packet.writeUInt16BE(0xffff, 14);
  expect(rtpHeaderLength(packet, length)).toBe(srtpResult.malformed);
});

test("padding has to fit into the payload and is at least one octet", () => {
  const { packet, length } = rtpPacket({ payload: 4, padding: 3 });
  expect(rtpPaddingLength(packet, 12, length)).toBe(3);
  for (const [octet, expected] of [
    [7, 7],
    [8, srtpResult.malformed],
    [0, srtpResult.malformed],
  ] as const) {
    packet[length - 1] = octet;
    expect(rtpPaddingLength(packet, 12, length)).toBe(expected);
  }
  expect(rtpPaddingLength(packet, 12, 12)).toBe(srtpResult.malformed);
  expect(rtpPaddingLength(rtpPacket().packet, 12, 52)).toBe(0);
});

test("no octets at all make it throw or point outside the packet", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), fc.integer({ min: 0, max: 100 }), (octets, length) => {
      const header = rtpHeaderLength(Buffer.from(octets), length);
      return header < 0 || (header >= 12 && header <= length && length <= octets.length);
    }),
  );
});
