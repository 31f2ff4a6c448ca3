import { describe, expect, test } from "vitest";
import { flipped, receiveRtcp, rtcpPacket, runSrtpContract, sealedRtcp } from "./contract-support.ts";
import { srtpResult } from "./failure.ts";
import { rtcpLifetime } from "./lifetime.ts";
import { suites } from "./profile.ts";
import { replayWindow } from "./replay-window.ts";
import { srtcpWord } from "./rtcp-view.ts";

runSrtpContract((subject) => {
  const profile = suites[subject.suite];

  describe(subject.name, () => {
    test("carries RTCP there and back, the first eight octets in clear and the rest not", () => {
      const { packet, length } = rtcpPacket();
      const original = Buffer.from(packet.subarray(0, length));
      const grown = subject.protector().rtcp(packet, length);
      expect(grown).toBe(length + 4 + profile.rtcpTagLength);
      expect(packet.subarray(0, 8)).toEqual(original.subarray(0, 8));
      expect(packet.subarray(8, length)).not.toEqual(original.subarray(8));
      expect(subject.unprotector().rtcp(packet, grown)).toBe(length);
      expect(packet.subarray(0, length).equals(original)).toBe(true);
    });

    test("sets the E flag and counts the index from 1, for each SSRC by itself", () => {
      const protector = subject.protector();
      const words = [7, 7, 8, 7].map((ssrc) => {
        const packet = sealedRtcp(protector, ssrc);
        return srtcpWord(packet, packet.length, profile) - 0x8000_0000;
      });
      expect(words).toEqual([1, 2, 1, 3]);
    });

    test("refuses a replay and what lies behind the window, takes what was overtaken", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const packets = Array.from({ length: replayWindow + 2 }, () => sealedRtcp(protector));
      expect(receiveRtcp(unprotector, packets[1] as Buffer)).toBeGreaterThan(0);
      expect(receiveRtcp(unprotector, packets[1] as Buffer)).toBe(srtpResult.replay);
      expect(receiveRtcp(unprotector, packets.at(-1) as Buffer)).toBeGreaterThan(0);
      expect(receiveRtcp(unprotector, packets[0] as Buffer)).toBe(srtpResult.old);
      expect(receiveRtcp(unprotector, packets[2] as Buffer)).toBeGreaterThan(0);
    });

    test("refuses any single flipped bit and any cut, learns nothing, and then takes the packet", () => {
      const unprotector = subject.unprotector();
      const packet = sealedRtcp(subject.protector());
      for (let octet = 0; octet < packet.length; octet++) {
        for (let bit = 0; bit < 8; bit++) {
          const damaged = flipped(packet, octet, bit);
          const before = Buffer.from(damaged);
          expect(unprotector.rtcp(damaged, damaged.length)).toBeLessThan(0);
          expect(damaged.equals(before)).toBe(true);
        }
      }
      for (let length = 0; length < packet.length; length++) {
        expect(unprotector.rtcp(Buffer.from(packet), length)).toBeLessThan(0);
      }
      expect(unprotector.rtcp(Buffer.from(packet), packet.length + 1)).toBe(srtpResult.short);
      expect(unprotector.sources).toBe(0);
      expect(receiveRtcp(unprotector, packet)).toBeGreaterThan(0);
    });

    test("an unprotected RTCP packet on the secure port is refused", () => {
      for (let words = 1; words < 40; words++) {
        const { packet, length } = rtcpPacket(5, words);
        expect(subject.unprotector().rtcp(packet, length)).toBeLessThan(0);
      }
    });

    test("RTP is not RTCP, and a buffer without room is said to be so", () => {
      const { packet, length } = rtcpPacket();
      const protector = subject.protector();
      expect(protector.rtcp(Buffer.from(packet.subarray(0, length + 8)), length)).toBe(srtpResult.capacity);
      expect(protector.rtcp(packet, 7)).toBe(srtpResult.short);
      packet[1] = 0;
      expect(protector.rtcp(packet, length)).toBe(srtpResult.malformed);
    });

    test("the key ends after 2^31 RTCP packets, by count and by index", () => {
      const counted = subject.protector({
        resume: { rtp: [], rtcp: [], used: [{ rtp: 0, rtcp: rtcpLifetime - 1 }] },
      });
      sealedRtcp(counted);
      expect(counted.exhausted).toBe(true);
      expect(() => sealedRtcp(counted)).toThrow(String(srtpResult.lifetime));

      const near = [{ ssrc: 7, index: rtcpLifetime - 0x1_0000 - 2 }];
      const indexed = subject.protector({ resume: { rtp: [], rtcp: near, used: [] } });
      sealedRtcp(indexed, 7);
      expect(() => sealedRtcp(indexed, 7)).toThrow(String(srtpResult.lifetime));
    });

    test("a resumed sender skips indices that may have been used since, and its receiver follows", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const early = protector.snapshot();
      expect(receiveRtcp(unprotector, sealedRtcp(protector, 7))).toBeGreaterThan(0);
      const stale = subject.protector({ resume: { ...early, rtcp: [{ ssrc: 7, index: 1 }] } });
      for (let sent = 0; sent < 50; sent++) receiveRtcp(unprotector, sealedRtcp(protector, 7));
      expect(receiveRtcp(unprotector, sealedRtcp(stale, 7))).toBeGreaterThan(0);
    });
  });
});
