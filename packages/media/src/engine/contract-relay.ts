/** Every engine: RTP and RTCP on their own ports, in clear and under SDES, whose they are, and what is counted. */
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtcpPacket, rtpPacket, UdpHost } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

export function runRelayContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, relay: ${name}`, () => {
    let bench: EngineBench;
    afterEach(() => bench.stop());

    test("what one leg accepts leaves by the other, RTP and RTCP, both ways", async () => {
      bench = await EngineBench.start(factory());
      await bench.call(plain, plain);
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, "127.0.0.1");
      expect(await bench.b.rtp.next()).toMatchObject({ bytes: rtpPacket({ sequence: 1 }), port: bench.portB });
      await bench.b.rtp.send(rtpPacket({ sequence: 7 }), bench.portB, "127.0.0.1");
      expect(await bench.a.rtp.next()).toMatchObject({ bytes: rtpPacket({ sequence: 7 }), port: bench.portA });
      await bench.a.rtcp.send(rtcpPacket(5), bench.portA + 1, "127.0.0.1");
      expect(await bench.b.rtcp.next()).toMatchObject({ bytes: rtcpPacket(5), port: bench.portB + 1 });
    });

    test.each(["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"] as const)(
      "%s on one leg, plain RTP on the other",
      async (suite) => {
        bench = await EngineBench.start(factory());
        const [theirs, ours] = [keyFor(suite, 1), keyFor(suite, 2)];
        await bench.call({ inbound: theirs, outbound: ours }, plain);
        const sealed = Buffer.alloc(400);
        rtpPacket({ sequence: 3 }).copy(sealed);
        const length = createProtector(suite, theirs.key).rtp(sealed, 172);
        await bench.a.rtp.send(sealed.subarray(0, length), bench.portA, "127.0.0.1");
        expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 3 }));
        await bench.b.rtp.send(rtpPacket({ sequence: 9 }), bench.portB, "127.0.0.1");
        const back = (await bench.a.rtp.next()).bytes;
        expect(back.subarray(12, 172)).not.toEqual(rtpPacket({ sequence: 9 }).subarray(12));
        const opened = createUnprotector(suite, ours.key).rtp(back, back.length);
        expect(back.subarray(0, opened)).toEqual(rtpPacket({ sequence: 9 }));
      },
    );

    test.each(["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"] as const)(
      "%s with an MKI: it is taken off, another one is dropped, ours carry none",
      async (suite) => {
        bench = await EngineBench.start(factory());
        const [theirs, ours] = [keyFor(suite, 1), keyFor(suite, 2)];
        const mki = Uint8Array.of(0, 0, 0, 1);
        await bench.call({ inbound: { ...theirs, mki }, outbound: ours }, plain);
        const sealed = (sequence: number, name: Uint8Array): Buffer => {
          const packet = Buffer.alloc(400);
          rtpPacket({ sequence }).copy(packet);
          const master = { keyAndSalt: theirs.key, mki: name };
          return packet.subarray(0, createProtector(suite, master).rtp(packet, 172));
        };
        await bench.a.rtp.send(sealed(3, Uint8Array.of(0, 0, 0, 2)), bench.portA, "127.0.0.1");
        await bench.a.rtp.send(sealed(4, mki), bench.portA, "127.0.0.1");
        expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 4 }));
        await bench.b.rtp.send(rtpPacket({ sequence: 9 }), bench.portB, "127.0.0.1");
        const back = (await bench.a.rtp.next()).bytes;
        expect(back.subarray(0, createUnprotector(suite, ours.key).rtp(back, back.length))).toEqual(
          rtpPacket({ sequence: 9 }),
        );
      },
    );

    test("SRTCP is opened and sealed with the same keys", async () => {
      bench = await EngineBench.start(factory());
      const [theirs, ours] = [keyFor("AES_CM_128_HMAC_SHA1_80", 1), keyFor("AES_CM_128_HMAC_SHA1_80", 2)];
      await bench.call({ inbound: theirs, outbound: ours }, plain);
      const sealed = Buffer.alloc(100);
      rtcpPacket(5).copy(sealed);
      const length = createProtector(theirs.suite, theirs.key).rtcp(sealed, 8);
      await bench.a.rtcp.send(sealed.subarray(0, length), bench.portA + 1, "127.0.0.1");
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(5));
      await bench.b.rtcp.send(rtcpPacket(6), bench.portB + 1, "127.0.0.1");
      const back = (await bench.a.rtcp.next()).bytes;
      expect(back.subarray(0, createUnprotector(ours.suite, ours.key).rtcp(back, back.length))).toEqual(rtcpPacket(6));
    });

    test("configuring the same key again keeps the replay window, so a recorded packet is still a replay", async () => {
      bench = await EngineBench.start(factory());
      const key = keyFor("AES_CM_128_HMAC_SHA1_80", 1);
      await bench.call({ inbound: key, outbound: key }, plain);
      const protector = createProtector(key.suite, key.key);
      const seal = (sequence: number): Buffer => {
        const packet = Buffer.concat([rtpPacket({ sequence }), Buffer.alloc(20)]);
        return packet.subarray(0, protector.rtp(packet, 172));
      };
      const [first, second] = [seal(1), seal(2)];
      await bench.a.rtp.send(first, bench.portA, "127.0.0.1");
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
      bench.configureA({ inbound: keyFor(key.suite, 1), outbound: key });
      await bench.a.rtp.send(first, bench.portA, "127.0.0.1");
      await bench.a.rtp.send(second, bench.portA, "127.0.0.1");
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 2 }));
      expect(await bench.dropped("srtp-replay")).toBe(1);
    });

    test("threat L1: another host's packets are dropped, counted and reported, never relayed", async () => {
      bench = await EngineBench.start(factory());
      await bench.call(plain, plain);
      const attacker = await UdpHost.open("127.0.0.66");
      for (let n = 0; n < 20; n++)
        await attacker.send(rtpPacket({ sequence: n, fill: 0x66 }), bench.portA, "127.0.0.1");
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, "127.0.0.1");
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
      expect(await bench.dropped("foreign-source", 20)).toBe(20);
      expect(await bench.event("foreign-source")).toMatchObject({
        component: "rtp",
        source: { address: "127.0.0.66" },
      });
      attacker.close();
    });

    test("a phone behind NAT is learnt from its packets, and sent to only then", async () => {
      bench = await EngineBench.start(factory());
      await bench.call({ ...plain, signalled: undefined, sendAtOnce: false }, plain);
      await bench.b.rtp.send(rtpPacket({ sequence: 1 }), bench.portB, "127.0.0.1");
      expect(await bench.dropped("no-target")).toBe(1);
      for (let n = 0; n < 5; n++) await bench.a.rtp.send(rtpPacket({ sequence: n }), bench.portA, "127.0.0.1");
      await bench.b.rtp.next();
      await bench.b.rtp.send(rtpPacket({ sequence: 2 }), bench.portB, "127.0.0.1");
      expect((await bench.a.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 2 }));
      expect(await bench.event("latched")).toMatchObject({ component: "rtp", source: { address: "127.0.0.2" } });
    });

    test("a leg on hold is listened to and not sent to", async () => {
      bench = await EngineBench.start(factory());
      await bench.call({ ...plain, send: false }, plain);
      await bench.b.rtp.send(rtpPacket({ sequence: 1 }), bench.portB, "127.0.0.1");
      expect(await bench.dropped("no-target")).toBe(1);
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, "127.0.0.1");
      await bench.b.rtp.next();
      expect(bench.a.rtp.received).toBe(0);
    });

    test("a pair drops everything until it is configured", async () => {
      bench = await EngineBench.start(factory());
      await bench.open();
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, "127.0.0.1");
      expect(await bench.dropped("not-configured")).toBe(1);
    });

    test("a taken port is reported as in use, and neither socket of the pair stays open", async () => {
      bench = await EngineBench.start(factory());
      const [even, odd] = await UdpHost.openPair("127.0.0.1");
      const port = even.port;
      even.close();
      expect(await bench.tryOpen(port)).toMatchObject({ kind: "bind-failed", why: "in-use" });
      const again = await UdpHost.open("127.0.0.1", port);
      again.close();
      odd.close();
    });

    test("a local address this machine does not have is reported as failed", async () => {
      bench = await EngineBench.start(factory());
      expect(await bench.tryOpen(40_000, "192.0.2.77")).toMatchObject({
        kind: "bind-failed",
        why: "failed",
        detail: "EADDRNOTAVAIL",
      });
    });

    test("what a peer sends is counted by its sequence numbers, and what it reports of what it hears", async () => {
      bench = await EngineBench.start(factory());
      await bench.call(plain, plain);
      for (const sequence of [1, 2, 5, 4, 5, 6]) {
        await bench.a.rtp.send(rtpPacket({ sequence }), bench.portA, "127.0.0.1");
      }
      expect(await bench.streamOfA(5)).toEqual({ received: 5, expected: 6, duplicate: 1, reordered: 1, restarts: 0 });
      const report = Buffer.alloc(32);
      report.set([0x81, 201, 0, 7]);
      report.writeUInt32BE(0x11223344, 8);
      report[12] = 128;
      await bench.b.rtcp.send(report, bench.portB + 1, "127.0.0.1");
      expect(await bench.remote()).toEqual({ fractionLost: 0.5, jitterMs: 0, roundTripMs: undefined });
    });

    test("of RTCP only what is known crosses", async () => {
      bench = await EngineBench.start(factory());
      await bench.call(plain, plain);
      const application = Buffer.from([0x80, 204, 0, 2, 0, 0, 0, 1, 0x41, 0x42, 0x43, 0x44]);
      await bench.a.rtcp.send(application, bench.portA + 1, "127.0.0.1");
      await bench.a.rtcp.send(Buffer.concat([rtcpPacket(5), application]), bench.portA + 1, "127.0.0.1");
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(5));
      expect(await bench.dropped("rtcp-unwanted")).toBe(1);
    });

    test("activity and bytes are counted per pair", async () => {
      bench = await EngineBench.start(factory());
      await bench.call(plain, plain);
      for (let n = 0; n < 3; n++) await bench.a.rtp.send(rtpPacket({ sequence: n }), bench.portA, "127.0.0.1");
      expect(await bench.activity(3)).toEqual({ packets: 3, bytes: 516 });
    });
  });
}
