/** What an engine keeps going: a stream that wraps, changes its SSRC, is held and comes back, or moves to another port. */
import { createProtector, createUnprotector, type Protector } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtpPacket, UdpHost } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

export function runContinuityContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, continuity: ${name}`, () => {
    let bench: EngineBench;
    const opened: UdpHost[] = [];
    afterEach(async () => {
      for (const host of opened.splice(0)) host.close();
      await bench.stop();
    });

    test.each(["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"] as const)(
      "threat L2: %s on both legs: two wraps, hold, resume and a new SSRC cost the receiver no authentication",
      async (suite) => {
        bench = await EngineBench.start(factory());
        const [theirs, ours] = [keyFor(suite, 1), keyFor(suite, 2)];
        const [other, far] = [keyFor(suite, 3), keyFor(suite, 4)];
        await bench.call({ inbound: theirs, outbound: ours }, { inbound: other, outbound: far });
        const sender = createProtector(suite, theirs.key);
        const receiver = createUnprotector(suite, far.key);
        const heard = async (sequence: number, ssrc: number): Promise<void> => {
          await bench.a.rtp.send(sealed(sender, sequence, ssrc), bench.portA, "127.0.0.1");
          const { bytes } = await bench.b.rtp.next();
          expect(receiver.rtp(bytes, bytes.length), `${ssrc}: ${sequence}`).toBe(172);
          expect(bytes.readUInt16BE(2)).toBe(sequence & 0xffff);
        };
        // Each step stays within the half of the number space that a receiver can follow (RFC 3711 §3.3.1).
        const twoWraps = (from: number) => Array.from({ length: 9 }, (_, n) => from + n * 16_000);
        for (const sequence of twoWraps(65_000)) await heard(sequence, 0x1111);
        bench.configureA({ inbound: keyFor(suite, 1), outbound: keyFor(suite, 2), send: false });
        for (const sequence of twoWraps(65_535)) await heard(sequence, 0x2222);
        bench.configureA({ inbound: keyFor(suite, 1), outbound: keyFor(suite, 2) });
        for (const sequence of [65_000 + 8 * 16_000 + 1, 65_000 + 8 * 16_000 + 2]) await heard(sequence, 0x1111);
        await heard(7, 0x3333);
      },
    );

    test("threat L1: SRTP whose NAT rebound is foreign until signalling speaks again, and heard from then on", async () => {
      bench = await EngineBench.start(factory());
      const [theirs, ours] = [keyFor("AES_CM_128_HMAC_SHA1_80", 1), keyFor("AES_CM_128_HMAC_SHA1_80", 2)];
      await bench.call({ inbound: theirs, outbound: ours }, plain);
      const sender = createProtector(theirs.suite, theirs.key);
      let sequence = 0;
      const say = (from: UdpHost) => from.send(sealed(sender, ++sequence, 1), bench.portA, "127.0.0.1");
      for (let n = 0; n < 8; n++) {
        await say(bench.a.rtp);
        await bench.b.rtp.next();
      }
      const rebound = await UdpHost.open("127.0.0.2");
      opened.push(rebound);
      for (let n = 0; n < 8; n++) await say(rebound);
      expect(await bench.dropped("foreign-source", 8)).toBe(8);
      bench.configureA({ inbound: theirs, outbound: ours });
      await bench.settled();
      for (let n = 0; n < 8; n++) {
        await say(rebound);
        await bench.b.rtp.next();
      }
      await bench.b.rtp.send(rtpPacket({ sequence: 1 }), bench.portB, "127.0.0.1");
      const { bytes } = await rebound.next();
      expect(createUnprotector(ours.suite, ours.key).rtp(bytes, bytes.length)).toBe(172);
    });
  });
}

function sealed(protector: Protector, sequence: number, ssrc: number): Buffer {
  const packet = Buffer.concat([rtpPacket({ sequence, ssrc }), Buffer.alloc(32)]);
  return packet.subarray(0, protector.rtp(packet, 172));
}
