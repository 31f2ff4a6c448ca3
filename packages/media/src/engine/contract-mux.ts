/** Every engine: RTP and RTCP on one port (RFC 5761), and what is no RTP at all (T.38). */
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtcpPacket, rtpPacket, UdpHost } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, type LegSetup, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

const ours = "127.0.0.1";
const mux: LegSetup = { mux: true };
const opaque: LegSetup = { payload: "opaque", payloadTypes: [] };

export function runMuxContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, mux and opaque: ${name}`, () => {
    let bench: EngineBench;
    afterEach(() => bench.stop());

    async function call(a: LegSetup, b: LegSetup): Promise<void> {
      bench = await EngineBench.start(factory());
      await bench.call(a, b);
    }

    test("RFC 5761: RTCP crosses between one port and two, both ways", async () => {
      await call(mux, plain);
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
      await bench.a.rtp.send(rtcpPacket(5), bench.portA, ours);
      expect(await bench.b.rtcp.next()).toMatchObject({ bytes: rtcpPacket(5), port: bench.portB + 1 });
      await bench.b.rtcp.send(rtcpPacket(6), bench.portB + 1, ours);
      expect(await bench.a.rtp.next()).toMatchObject({ bytes: rtcpPacket(6), port: bench.portA });
    });

    test("both on one port", async () => {
      await call(mux, mux);
      await bench.a.rtp.send(rtcpPacket(5), bench.portA, ours);
      expect(await bench.b.rtp.next()).toMatchObject({ bytes: rtcpPacket(5), port: bench.portB });
    });

    test.each(["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"] as const)("SRTCP on the port of %s", async (suite) => {
      const [theirs, own] = [keyFor(suite, 1), keyFor(suite, 2)];
      await call({ mux: true, inbound: theirs, outbound: own }, plain);
      const sealed = Buffer.concat([rtcpPacket(5), Buffer.alloc(40)]);
      const length = createProtector(suite, theirs.key).rtcp(sealed, 8);
      await bench.a.rtp.send(sealed.subarray(0, length), bench.portA, ours);
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(5));
      await bench.b.rtcp.send(rtcpPacket(6), bench.portB + 1, ours);
      const back = (await bench.a.rtp.next()).bytes;
      expect(back.subarray(0, createUnprotector(suite, own.key).rtcp(back, back.length))).toEqual(rtcpPacket(6));
    });

    test("RFC 5764 §4.1.2: RTCP of an association of its own has keys of its own, and waits for them alone", async () => {
      const suite = "AES_CM_128_HMAC_SHA1_80";
      const [rtp, theirs, own] = [keyFor(suite, 1), keyFor(suite, 2), keyFor(suite, 3)];
      const keys: LegSetup = { inbound: rtp, outbound: rtp };
      const none = { inbound: undefined, outbound: undefined, awaitsKeys: true };
      await call({ ...keys, rtcpKeys: none }, plain);
      const speech = Buffer.concat([rtpPacket({ sequence: 1 }), Buffer.alloc(40)]);
      const sealed = createProtector(suite, rtp.key).rtp(speech, speech.length - 40);
      await bench.a.rtp.send(speech.subarray(0, sealed), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
      const report = (key: Uint8Array): Buffer => {
        const octets = Buffer.concat([rtcpPacket(5), Buffer.alloc(40)]);
        return octets.subarray(0, createProtector(suite, key).rtcp(octets, 8));
      };
      await bench.a.rtcp.send(report(theirs.key), bench.portA + 1, ours);
      expect(await bench.dropped("awaiting-keys")).toBe(1);
      bench.configureA({ ...keys, rtcpKeys: { inbound: theirs, outbound: own, awaitsKeys: false } });
      await bench.settled();
      await bench.a.rtcp.send(report(rtp.key), bench.portA + 1, ours);
      expect(await bench.dropped("srtp-authentication")).toBe(1);
      await bench.a.rtcp.send(report(theirs.key), bench.portA + 1, ours);
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(5));
      await bench.b.rtcp.send(rtcpPacket(6), bench.portB + 1, ours);
      const back = (await bench.a.rtcp.next()).bytes;
      expect(back.subarray(0, createUnprotector(suite, own.key).rtcp(back, back.length))).toEqual(rtcpPacket(6));
    });

    test("the RTCP port of such a leg is dead, and RTCP of a stranger at the RTP port is foreign", async () => {
      await call(mux, plain);
      await bench.a.rtcp.send(rtcpPacket(5), bench.portA + 1, ours);
      expect(await bench.dropped("not-configured")).toBe(1);
      const attacker = await UdpHost.open("127.0.0.66");
      await attacker.send(rtcpPacket(5), bench.portA, ours);
      expect(await bench.dropped("foreign-source")).toBe(1);
      expect([bench.b.rtcp.received, bench.b.rtp.received]).toEqual([0, 0]);
      attacker.close();
    });

    test("RTCP in clear teaches no source: the first packets of RTP do", async () => {
      await call({ mux: true, signalled: undefined, sendAtOnce: false }, plain);
      for (let n = 0; n < 6; n++) await bench.a.rtp.send(rtcpPacket(5), bench.portA, ours);
      expect(await bench.dropped("learning", 6)).toBe(6);
      for (let n = 0; n < 5; n++) await bench.a.rtp.send(rtpPacket({ sequence: n }), bench.portA, ours);
      await bench.b.rtp.next();
      await bench.a.rtp.send(rtcpPacket(5), bench.portA, ours);
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(5));
    });

    test("a re-INVITE that ends multiplexing opens the RTCP port again", async () => {
      await call(mux, plain);
      bench.configureA(plain);
      await bench.settled();
      await bench.a.rtcp.send(rtcpPacket(5), bench.portA + 1, ours);
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(5));
      await bench.b.rtcp.send(rtcpPacket(6), bench.portB + 1, ours);
      expect(await bench.a.rtcp.next()).toMatchObject({ bytes: rtcpPacket(6), port: bench.portA + 1 });
    });

    test("T.38: any datagram of the source crosses as it came, and nothing of anybody else", async () => {
      await call(opaque, opaque);
      const datagrams = [Buffer.from([0, 1, 6, 0xc0]), Buffer.from([22, 254, 253]), Buffer.alloc(900, 0x81)];
      for (const datagram of datagrams) {
        await bench.a.rtp.send(datagram, bench.portA, ours);
        expect(await bench.b.rtp.next()).toMatchObject({ bytes: datagram, port: bench.portB });
      }
      const attacker = await UdpHost.open("127.0.0.66");
      await attacker.send(datagrams[0] as Buffer, bench.portA, ours);
      expect(await bench.dropped("foreign-source")).toBe(1);
      await bench.a.rtcp.send(datagrams[0] as Buffer, bench.portA + 1, ours);
      expect(await bench.dropped("not-media")).toBe(1);
      attacker.close();
    });

    test("T.38 behind NAT: any five datagrams in a row teach the source", async () => {
      await call({ ...opaque, signalled: undefined, sendAtOnce: false }, opaque);
      for (let n = 0; n < 5; n++) await bench.a.rtp.send(Buffer.from([0, n, 6]), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(Buffer.from([0, 4, 6]));
      await bench.b.rtp.send(Buffer.from([0, 9, 6]), bench.portB, ours);
      expect((await bench.a.rtp.next()).bytes).toEqual(Buffer.from([0, 9, 6]));
    });

    test("from a leg of T.38 nothing reaches a leg of RTP", async () => {
      await call(opaque, plain);
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      expect(await bench.dropped("no-target")).toBe(1);
      expect(bench.b.rtp.received).toBe(0);
    });
  });
}
