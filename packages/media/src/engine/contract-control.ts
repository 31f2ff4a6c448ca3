/** Every engine: STUN and DTLS go up, datagrams of ours go out, and what ICE selects is the source and nobody else is. */
import { createProtector } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtcpPacket, rtpPacket, UdpHost } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, type LegSetup, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

const stun = Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const clientHello = Buffer.from([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);

/** As a browser's leg is: nobody is known by address, ICE will say who it is. */
const ice: LegSetup = { signalled: undefined, sendAtOnce: false, control: { stun: true, dtls: true } };
const ours = "127.0.0.1";

export function runControlContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, control: ${name}`, () => {
    let bench: EngineBench;
    afterEach(() => bench.stop());

    async function withIce(more: LegSetup = {}): Promise<void> {
      bench = await EngineBench.start(factory());
      await bench.call({ ...ice, ...more }, plain);
    }

    test("STUN of anybody comes up with its source, on either socket", async () => {
      await withIce();
      await bench.a.rtp.send(stun, bench.portA, ours);
      await bench.controls(1);
      await bench.a.rtcp.send(stun, bench.portA + 1, ours);
      const [first, second] = await bench.controls(2);
      const source = { address: bench.a.rtp.address, port: bench.a.rtp.port };
      expect(first).toEqual({
        kind: "control",
        pair: bench.pairA,
        component: "rtp",
        protocol: "stun",
        source,
        packet: new Uint8Array(stun),
      });
      expect(second).toMatchObject({ component: "rtcp", source: { port: bench.a.rtcp.port } });
    });

    test("without `control` neither comes up: they are dropped and counted", async () => {
      bench = await EngineBench.start(factory());
      await bench.call(plain, plain);
      await bench.a.rtp.send(stun, bench.portA, ours);
      await bench.a.rtp.send(clientHello, bench.portA, ours);
      expect(await bench.dropped("stun")).toBe(1);
      expect(await bench.dropped("dtls")).toBe(1);
    });

    test("a datagram of ours leaves from the socket it is told", async () => {
      await withIce();
      const to = { address: bench.a.rtp.address, port: bench.a.rtp.port };
      bench.submit({ kind: "send", pair: bench.pairA, component: "rtp", to, packet: new Uint8Array(stun) });
      expect(await bench.a.rtp.next()).toMatchObject({ bytes: stun, port: bench.portA });
      bench.submit({ kind: "send", pair: bench.pairA, component: "rtcp", to, packet: new Uint8Array(stun) });
      expect(await bench.a.rtp.next()).toMatchObject({ bytes: stun, port: bench.portA + 1 });
    });

    test("before ICE has selected anybody nothing is taken, not from the address of the signalling either", async () => {
      await withIce();
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      await bench.b.rtp.send(rtpPacket({ sequence: 1 }), bench.portB, ours);
      expect(await bench.dropped("foreign-source")).toBe(1);
      expect(await bench.dropped("no-target")).toBe(1);
    });

    test("what ICE selected is taken and sent to at once, RTP and RTCP each by its own, and it may change", async () => {
      await withIce();
      bench.select({ address: bench.a.rtp.address, port: bench.a.rtp.port });
      bench.select({ address: bench.a.rtcp.address, port: bench.a.rtcp.port }, "rtcp");
      await bench.settled();
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
      await bench.b.rtp.send(rtpPacket({ sequence: 2 }), bench.portB, ours);
      expect((await bench.a.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 2 }));
      await bench.b.rtcp.send(rtcpPacket(5), bench.portB + 1, ours);
      expect((await bench.a.rtcp.next()).bytes).toEqual(rtcpPacket(5));
      const elsewhere = await UdpHost.open("127.0.0.9");
      bench.select({ address: elsewhere.address, port: elsewhere.port });
      await bench.settled();
      await bench.b.rtp.send(rtpPacket({ sequence: 3 }), bench.portB, ours);
      expect((await elsewhere.next()).bytes).toEqual(rtpPacket({ sequence: 3 }));
      await bench.a.rtp.send(rtpPacket({ sequence: 2 }), bench.portA, ours);
      expect(await bench.dropped("foreign-source")).toBe(1);
      elsewhere.close();
    });

    test("a re-INVITE keeps what ICE selected; RFC 7675: when consent ends nothing is taken or sent", async () => {
      await withIce();
      bench.select({ address: bench.a.rtp.address, port: bench.a.rtp.port });
      bench.configureA(ice);
      await bench.settled();
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      await bench.b.rtp.next();
      bench.select(undefined);
      await bench.settled();
      await bench.a.rtp.send(rtpPacket({ sequence: 2 }), bench.portA, ours);
      await bench.b.rtp.send(rtpPacket({ sequence: 2 }), bench.portB, ours);
      expect(await bench.dropped("foreign-source")).toBe(1);
      expect(await bench.dropped("no-target")).toBe(1);
    });

    test("a leg that gives ICE up is latched to as ever", async () => {
      await withIce();
      bench.select({ address: "127.0.0.9", port: 9 });
      bench.configureA(plain);
      await bench.settled();
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
    });

    test("threat L3: DTLS comes up from who may be the source, and from nobody else", async () => {
      await withIce();
      const attacker = await UdpHost.open("127.0.0.66");
      for (let n = 0; n < 20; n++) await attacker.send(clientHello, bench.portA, ours);
      await bench.a.rtp.send(clientHello, bench.portA, ours);
      expect(await bench.dropped("foreign-source", 21)).toBe(21);
      bench.select({ address: bench.a.rtp.address, port: bench.a.rtp.port });
      await bench.settled();
      await attacker.send(clientHello, bench.portA, ours);
      await bench.a.rtp.send(clientHello, bench.portA, ours);
      expect(await bench.controls(1)).toMatchObject([{ protocol: "dtls", source: { address: "127.0.0.2" } }]);
      attacker.close();
    });

    test("threat L3: without ICE it is the signalled source, or one that may still be learnt", async () => {
      bench = await EngineBench.start(factory());
      await bench.call({ control: { stun: false, dtls: true }, awaitsKeys: true }, plain);
      const attacker = await UdpHost.open("127.0.0.66");
      await attacker.send(clientHello, bench.portA, ours);
      await bench.a.rtp.send(clientHello, bench.portA, ours);
      expect(await bench.controls(1)).toMatchObject([{ source: { address: "127.0.0.2", port: bench.a.rtp.port } }]);
      expect(await bench.dropped("foreign-source")).toBe(1);
      attacker.close();
    });

    test("a host that floods STUN is held back, and another host's check comes up all the same", async () => {
      await withIce();
      const attacker = await UdpHost.open("127.0.0.66");
      for (let n = 0; n < 400; n++) await attacker.send(stun, bench.portA, ours);
      expect(await bench.dropped("stun", 100)).toBeGreaterThanOrEqual(100);
      await bench.a.rtp.send(stun, bench.portA, ours);
      while (!(await bench.controls(1)).some(({ source }) => source.address === "127.0.0.2"))
        await bench.controls((await bench.controls(1)).length + 1);
      attacker.close();
    });

    test("a control packet larger than any that is needed is dropped", async () => {
      await withIce();
      bench.select({ address: bench.a.rtp.address, port: bench.a.rtp.port });
      await bench.settled();
      await bench.a.rtp.send(Buffer.concat([stun, Buffer.alloc(1_500)]), bench.portA, ours);
      await bench.a.rtp.send(Buffer.concat([clientHello, Buffer.alloc(1_500)]), bench.portA, ours);
      expect(await bench.dropped("stun")).toBe(1);
      expect(await bench.dropped("dtls")).toBe(1);
    });

    test("media of a leg that awaits its keys is dropped both ways, and flows under them", async () => {
      await withIce({ awaitsKeys: true });
      bench.select({ address: bench.a.rtp.address, port: bench.a.rtp.port });
      await bench.settled();
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      await bench.b.rtp.send(rtpPacket({ sequence: 1 }), bench.portB, ours);
      expect(await bench.dropped("awaiting-keys", 2)).toBe(2);
      const key = keyFor("AES_CM_128_HMAC_SHA1_80", 1);
      bench.configureA({ ...ice, inbound: key, outbound: keyFor(key.suite, 2) });
      await bench.settled();
      const sealed = Buffer.concat([rtpPacket({ sequence: 2 }), Buffer.alloc(20)]);
      const length = createProtector(key.suite, key.key).rtp(sealed, 172);
      await bench.a.rtp.send(sealed.subarray(0, length), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 2 }));
    });
  });
}
