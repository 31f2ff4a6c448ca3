import { describe, expect, test } from "vitest";
import { flipped, type PacketShape, receive, rtpPacket, runSrtpContract, sealed } from "./contract-support.ts";
import { srtpResult } from "./failure.ts";
import { suites } from "./profile.ts";

const shapes: readonly (readonly [string, PacketShape])[] = [
  ["a plain packet", {}],
  ["an empty payload", { payload: 0 }],
  ["one octet", { payload: 1 }],
  ["a full datagram", { payload: 1_400 }],
  ["a jumbo datagram", { payload: 60_000 }],
  ["fifteen CSRCs", { csrcs: 15 }],
  ["an extension", { extensionWords: 3 }],
  ["an empty extension", { extensionWords: 0 }],
  ["padding", { padding: 7 }],
  ["CSRCs, extension and padding", { csrcs: 2, extensionWords: 1, padding: 255 }],
  ["an SSRC with the top bit set", { ssrc: 0xffff_ffff }],
  ["SSRC 0", { ssrc: 0 }],
];

runSrtpContract((subject) => {
  const tagLength = suites[subject.suite].rtpTagLength;

  describe(subject.name, () => {
    test.each(shapes)("carries %s there and back, with the header in clear and the payload not", (_, shape) => {
      const { packet, length } = rtpPacket(shape);
      const original = Buffer.from(packet.subarray(0, length));
      const header = length - (shape.payload ?? 40) - (shape.padding ?? 0);
      const grown = subject.protector().rtp(packet, length);
      expect(grown).toBe(length + tagLength);
      expect(packet.subarray(0, header)).toEqual(original.subarray(0, header));
      if (length - header > 16) expect(packet.subarray(header, length)).not.toEqual(original.subarray(header));
      expect(subject.unprotector().rtp(packet, grown)).toBe(length);
      expect(packet.subarray(0, length).equals(original)).toBe(true);
    });

    test("refuses a replay, even one whose tag was damaged on the way", () => {
      const packet = sealed(subject.protector());
      const unprotector = subject.unprotector();
      expect(receive(unprotector, packet)).toBeGreaterThan(0);
      expect(receive(unprotector, packet)).toBe(srtpResult.replay);
      expect(receive(unprotector, flipped(packet, packet.length - 1, 0))).toBe(srtpResult.replay);
    });

    test("refuses any single flipped bit, learns nothing from it and leaves the packet as it came", () => {
      const unprotector = subject.unprotector();
      const packet = sealed(subject.protector(), { csrcs: 1, extensionWords: 1 });
      for (let octet = 0; octet < packet.length; octet++) {
        for (let bit = 0; bit < 8; bit++) {
          const damaged = flipped(packet, octet, bit);
          const before = Buffer.from(damaged);
          expect(unprotector.rtp(damaged, damaged.length)).toBeLessThan(0);
          expect(damaged.equals(before)).toBe(true);
        }
      }
      expect(unprotector.sources).toBe(0);
      expect(receive(unprotector, packet)).toBe(packet.length - tagLength);
    });

    test("refuses a packet cut at any length, and then takes the whole one", () => {
      const unprotector = subject.unprotector();
      const packet = sealed(subject.protector(), { csrcs: 1, extensionWords: 1, padding: 4 });
      for (let length = 0; length < packet.length; length++) {
        expect(unprotector.rtp(Buffer.from(packet), length), `${length} octets`).toBeLessThan(0);
      }
      expect(unprotector.rtp(Buffer.from(packet), packet.length + 1)).toBe(srtpResult.short);
      expect(receive(unprotector, packet)).toBeGreaterThan(0);
    });

    test("refuses to protect what is not RTP, at any length", () => {
      const protector = subject.protector();
      const { packet } = rtpPacket({ csrcs: 15 });
      for (let length = 0; length < 72; length++) expect(protector.rtp(packet, length)).toBeLessThan(0);
      packet[0] = 0x40;
      expect(protector.rtp(packet, 80)).toBe(srtpResult.malformed);
    });

    test("says so when the buffer has no room for the tag, and leaves the packet alone", () => {
      const { packet, length } = rtpPacket();
      const tight = Buffer.from(packet.subarray(0, length + tagLength - 1));
      expect(subject.protector().rtp(tight, length)).toBe(srtpResult.capacity);
      expect(tight.equals(packet.subarray(0, length + tagLength - 1))).toBe(true);
    });

    test("never encrypts an index twice: a second packet with the same sequence number is refused", () => {
      const protector = subject.protector();
      sealed(protector, { sequence: 9 });
      const { packet, length } = rtpPacket({ sequence: 9, payload: 41 });
      const before = Buffer.from(packet);
      expect(protector.rtp(packet, length)).toBe(srtpResult.replay);
      expect(packet.equals(before)).toBe(true);
    });

    test("the sent packets of two SSRCs with the same sequence number share no keystream", () => {
      const protector = subject.protector();
      const first = sealed(protector, { ssrc: 1, sequence: 5 });
      const second = sealed(protector, { ssrc: 2, sequence: 5 });
      expect(first.subarray(12)).not.toEqual(second.subarray(12));
    });
  });
});
