/** The master key identifier, RFC 3711 §3.1, on every back end: where it stands, which key it names, and that nothing else changes. */
import { describe, expect, test } from "vitest";
import {
  flipped,
  receive,
  receiveRtcp,
  rtcpPacket,
  rtpPacket,
  runSrtpContract,
  sealed,
  sealedRtcp,
} from "./contract-support.ts";
import { srtpResult } from "./failure.ts";
import type { MasterKey } from "./master-key.ts";
import { keyAndSaltLength, suites } from "./profile.ts";
import { createProtector } from "./protect.ts";
import { createUnprotector } from "./unprotect.ts";

runSrtpContract((subject) => {
  const { suite, backEnd } = subject;
  const profile = suites[suite];
  const keyOf = (fill: number, mki: string, lifetime?: number): MasterKey => ({
    keyAndSalt: Buffer.alloc(keyAndSaltLength(suite), fill),
    mki: Buffer.from(mki, "hex"),
    ...(lifetime === undefined ? {} : { lifetime }),
  });
  const one = keyOf(0x11, "0001");
  const two = keyOf(0x22, "0002");
  const sender = (key: MasterKey) => createProtector(suite, key, { backEnd });
  const receiver = (...keys: MasterKey[]) => createUnprotector(suite, keys, { backEnd });
  const bare = (key: MasterKey) => createProtector(suite, key.keyAndSalt, { backEnd });

  describe(subject.name, () => {
    test.each(["aa", "0001", "00112233", "5a".repeat(128)])("%s stands before the tag, in GCM at the end", (mki) => {
      const key = keyOf(0x11, mki);
      const octets = Buffer.from(mki, "hex");
      for (const [plain, tagLength, work] of [
        [rtpPacket(), profile.rtpTagLength, "rtp"],
        [rtcpPacket(), profile.rtcpTagLength, "rtcp"],
      ] as const) {
        const packet = Buffer.concat([plain.packet, Buffer.alloc(octets.length)]);
        const without = Buffer.from(packet);
        const length = bare(key)[work](without, plain.length);
        const at = length - (profile.mode === "gcm" ? 0 : tagLength);
        const expected = Buffer.concat([without.subarray(0, at), octets, without.subarray(at, length)]);
        const grown = sender(key)[work](packet, plain.length);
        expect(packet.subarray(0, grown).equals(expected)).toBe(true);
        expect(receiver(key)[work](packet, grown)).toBe(plain.length);
        expect(packet.subarray(0, plain.length).equals(plain.packet.subarray(0, plain.length))).toBe(true);
      }
    });

    test("names one of several keys, and a change of key resets neither rollover counter nor window", () => {
      const both = receiver(one, two);
      const [first, second] = [sender(one), sender(two)];
      // The second sender has seen the same history, so it is in the same rollover.
      for (const sequence of [0, 30_000, 60_000, 10]) {
        expect(receive(both, sealed(first, { sequence }))).toBeGreaterThan(0);
        sealed(second, { sequence });
      }
      expect(receive(both, sealed(second, { sequence: 11 }))).toBeGreaterThan(0);
      expect(receive(both, sealed(first, { sequence: 11 }))).toBe(srtpResult.replay);
      expect(both.snapshot().used).toEqual([
        { rtp: 4, rtcp: 0 },
        { rtp: 1, rtcp: 0 },
      ]);
      expect(receiveRtcp(both, sealedRtcp(first))).toBeGreaterThan(0);
      expect(receiveRtcp(both, sealedRtcp(second))).toBe(srtpResult.replay);
    });

    test("that names no key is refused before anything else is looked at, a packet without one too", () => {
      const both = receiver(one, two);
      for (const packet of [sealed(sender(keyOf(0x11, "0003"))), sealed(bare(one))]) {
        const before = Buffer.from(packet);
        expect(both.rtp(packet, packet.length)).toBe(srtpResult.mki);
        expect(packet.equals(before)).toBe(true);
      }
      expect(receiveRtcp(both, sealedRtcp(sender(keyOf(0x11, "0003"))))).toBe(srtpResult.mki);
      expect(both.sources).toBe(0);
    });

    test("that names another key than the packet was made with does not help, and no flipped bit or cut is taken", () => {
      const both = receiver(one, two);
      const wrong = sealed(sender({ ...two, keyAndSalt: one.keyAndSalt }));
      expect(receive(both, wrong)).toBe(srtpResult.authentication);
      const [media, control] = [sealed(sender(one), { csrcs: 1 }), sealedRtcp(sender(one))];
      for (const [packet, work] of [
        [media, "rtp"],
        [control, "rtcp"],
      ] as const) {
        for (let octet = 0; octet < packet.length; octet++) {
          const damaged = flipped(packet, octet, octet % 8);
          const before = Buffer.from(damaged);
          expect(both[work](damaged, damaged.length), `octet ${octet}`).toBeLessThan(0);
          expect(damaged.equals(before)).toBe(true);
          expect(both[work](Buffer.from(packet), octet)).toBeLessThan(0);
        }
      }
      expect(both.sources).toBe(0);
      expect([receive(both, media), receiveRtcp(both, control)]).toEqual([56, 28]);
    });

    test("a key that has served its packets is dead, the other one is not", () => {
      const both = receiver(keyOf(0x11, "0001", 2), two);
      const [first, second] = [sender(keyOf(0x11, "0001", 2)), sender(two)];
      const results = [1, 2].map((sequence) => receive(both, sealed(first, { sequence })));
      expect(() => sealed(first, { sequence: 3 })).toThrow(String(srtpResult.lifetime));
      const third = receive(both, sealed(sender(one), { sequence: 3 }));
      expect([...results, third]).toEqual([52, 52, srtpResult.lifetime]);
      expect(receive(both, sealed(second, { sequence: 3 }))).toBe(52);
    });

    test("needs room in the buffer as the tag does", () => {
      const { packet, length } = rtpPacket();
      const room = length + profile.rtpTagLength + 2;
      expect(sender(one).rtp(packet.subarray(0, room - 1), length)).toBe(srtpResult.capacity);
      expect(sender(one).rtp(packet.subarray(0, room), length)).toBe(room);
    });

    test.each([
      ["none at all", []],
      ["two without MKI", [keyOf(1, ""), keyOf(2, "")]],
      ["MKIs of two lengths", [keyOf(1, "01"), keyOf(2, "0002")]],
      ["the same MKI twice", [keyOf(1, "01"), keyOf(2, "01")]],
      ["an MKI of 129 octets", [keyOf(1, "00".repeat(129))]],
      ["seventeen", Array.from({ length: 17 }, (_, at) => keyOf(1, (at + 16).toString(16)))],
      ["one that is too short", [one, { ...two, keyAndSalt: Buffer.alloc(7) }]],
    ])("keys that do not fit together are refused: %s", (_, keys) => {
      expect(() => receiver(...keys)).toThrow(RangeError);
    });
  });
});
