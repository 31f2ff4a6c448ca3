import { describe, expect, test } from "vitest";
import { receive, runSrtpContract, sealed } from "./contract-support.ts";
import { srtpResult } from "./failure.ts";
import { rtpLifetime } from "./lifetime.ts";
import { replayWindow } from "./replay-window.ts";
import { maxSources } from "./source-table.ts";

const wrap = 0x1_0000;
const ssrc = 0xcafebabe;

runSrtpContract((subject) => {
  describe(subject.name, () => {
    test.each([0, 1, 186, 2_000])("crosses 65535 to 0 twice, each time losing %i packets at the crossing", (lost) => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const step = 499;
      let delivered = 0;
      for (let index = 0; index < 2.2 * wrap; index += step) {
        const packet = sealed(protector, { sequence: index % wrap });
        const untilWrap = wrap - (index % wrap);
        if (index > step && (untilWrap <= lost / 2 || index % wrap < lost / 2)) continue;
        expect(receive(unprotector, packet), `index ${index}`).toBeGreaterThan(0);
        delivered += 1;
      }
      expect(delivered).toBeGreaterThan(200);
    });

    test("loss of just under 2^15 packets does not lose the stream", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      for (const index of [0, 32_767, 65_534, 98_301, 131_068]) {
        expect(receive(unprotector, sealed(protector, { sequence: index % wrap })), `index ${index}`).toBeGreaterThan(
          0,
        );
      }
    });

    test("packets that overtake each other within the window arrive, across the wrap too, and each once", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const start = wrap - 300;
      const packets = Array.from({ length: 600 }, (_, at) => sealed(protector, { sequence: (start + at) % wrap }));
      for (let at = 0; at < packets.length; at += 100) {
        const burst = packets.slice(at, at + 100).toReversed();
        for (const packet of burst) expect(receive(unprotector, packet)).toBeGreaterThan(0);
        for (const packet of burst) expect(receive(unprotector, packet)).toBe(srtpResult.replay);
      }
    });

    test("a packet from behind the window is refused although it was never seen, the last inside is taken", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const [tooLate, late] = [sealed(protector, { sequence: 100 }), sealed(protector, { sequence: 101 })];
      expect(receive(unprotector, sealed(protector, { sequence: 100 + replayWindow }))).toBeGreaterThan(0);
      expect(receive(unprotector, tooLate)).toBe(srtpResult.old);
      expect(receive(unprotector, late)).toBeGreaterThan(0);
    });

    test("a packet from before the first wrap that comes after it is refused, not taken for the far future", () => {
      const unprotector = subject.unprotector();
      expect(receive(unprotector, sealed(subject.protector(), { sequence: 3 }))).toBeGreaterThan(0);
      expect(receive(unprotector, sealed(subject.protector(), { sequence: 65_530 }))).toBe(srtpResult.old);
    });

    test("a new SSRC starts at rollover 0 while the old one keeps its own", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const both = [
        ...[0, 30_000, 60_000, 10].map((sequence) => ({ ssrc: 1, sequence })),
        ...[65_000, 5].map((sequence) => ({ ssrc: 2, sequence })),
        { ssrc: 1, sequence: 11 },
      ];
      for (const shape of both) expect(receive(unprotector, sealed(protector, shape))).toBeGreaterThan(0);
      expect(unprotector.snapshot().rtp).toEqual([
        { ssrc: 1, index: wrap + 11 },
        { ssrc: 2, index: wrap + 5 },
      ]);
    });

    test("10,000 forged SSRCs leave no state, and the stream goes on", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      expect(receive(unprotector, sealed(protector, { sequence: 1 }))).toBeGreaterThan(0);
      const forged = sealed(protector, { sequence: 2 });
      for (let forgery = 1; forgery <= 10_000; forgery++) {
        forged.writeUInt32BE(forgery, 8);
        expect(receive(unprotector, forged)).toBe(srtpResult.authentication);
      }
      expect(unprotector.sources).toBe(1);
      expect(receive(unprotector, sealed(protector, { sequence: 3 }))).toBeGreaterThan(0);
    });

    test("the holder of the key can fill the table of SSRCs, and then only new SSRCs are refused", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const first = sealed(protector, { ssrc: 1 });
      expect(receive(unprotector, first)).toBeGreaterThan(0);
      for (let other = 2; other <= maxSources; other++) receive(unprotector, sealed(protector, { ssrc: other }));
      expect(unprotector.sources).toBe(maxSources);
      const more = sealed(subject.protector(), { ssrc: maxSources + 1 });
      expect(receive(unprotector, more)).toBe(srtpResult.ssrcLimit);
      expect(receive(unprotector, first)).toBe(srtpResult.replay);
      expect(receive(unprotector, sealed(protector, { ssrc: 1, sequence: 2 }))).toBeGreaterThan(0);
    });

    test("at the end of the key's life both directions stop, by count and by index", () => {
      const resume = { rtp: [{ ssrc, index: rtpLifetime - 3 }], rtcp: [], used: [] };
      const protector = subject.protector({ resume });
      const unprotector = subject.unprotector({ resume });
      const last = [65_534, 65_535].map((sequence) => sealed(protector, { sequence }));
      for (const packet of last) expect(receive(unprotector, packet)).toBeGreaterThan(0);
      expect(() => sealed(protector, { sequence: 0 })).toThrow(String(srtpResult.lifetime));
      expect(receive(unprotector, sealed(subject.protector(), { sequence: 0 }))).toBe(srtpResult.lifetime);

      const counted = subject.protector({ resume: { ...resume, rtp: [], used: [{ rtp: rtpLifetime - 1, rtcp: 0 }] } });
      sealed(counted, { sequence: 1 });
      expect(counted.exhausted).toBe(true);
      expect(() => sealed(counted, { sequence: 2 })).toThrow(String(srtpResult.lifetime));
    });

    test("a lifetime agreed in SDP is kept, and forged packets do not use it up", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector({ lifetime: 2 });
      const packets = [1, 2, 3].map((sequence) => sealed(protector, { sequence }));
      const forged = sealed(subject.protector(), { sequence: 9 });
      forged[12] = (forged[12] as number) ^ 1;
      for (let forgery = 0; forgery < 5; forgery++)
        expect(receive(unprotector, forged)).toBe(srtpResult.authentication);
      const results = packets.map((packet) => receive(unprotector, packet));
      expect(results).toEqual([52, 52, srtpResult.lifetime]);
    });

    test("another process carries the stream on from a snapshot, and takes no recording from before it", () => {
      const protector = subject.protector();
      const unprotector = subject.unprotector();
      const recorded = [0, 30_000, 60_000, 20].map((sequence) => sealed(protector, { sequence }));
      for (const packet of recorded) expect(receive(unprotector, packet)).toBeGreaterThan(0);
      const plain = <T>(state: T): T => JSON.parse(JSON.stringify(state)) as T;
      const sender = subject.protector({ resume: plain(protector.snapshot()) });
      const receiver = subject.unprotector({ resume: plain(unprotector.snapshot()) });
      expect(receive(receiver, sealed(sender, { sequence: 21 }))).toBeGreaterThan(0);
      for (const packet of recorded) expect(receive(receiver, packet)).toBeLessThan(0);
      expect(receive(receiver, recorded[3] as Buffer)).toBe(srtpResult.replay);
    });
  });
});
