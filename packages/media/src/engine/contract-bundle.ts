/** Every engine: several lines on one socket towards a browser (RFC 9143), each with ports of its own on the other side. */
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtcpPacket, rtpPacket } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, type LegSetup, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

const ours = "127.0.0.1";
const audio: LegSetup = { mux: true, payloadTypes: [0] };
const video: LegSetup = { payloadTypes: [96, 97] };

export function runBundleContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, bundle: ${name}`, () => {
    let bench: EngineBench;
    let line: Awaited<ReturnType<EngineBench["bundled"]>>;
    afterEach(() => bench.stop());

    async function call(a: LegSetup): Promise<void> {
      bench = await EngineBench.start(factory());
      await bench.call(a, plain);
      line = await bench.bundled();
      bench.configure(line.onA, bench.a, video);
      bench.configure(line.own, line.host, video);
      await bench.settled();
    }

    test("by payload type each line's packets come out of its own port, and go back in by the shared one", async () => {
      await call(audio);
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, ours);
      await bench.a.rtp.send(rtpPacket({ sequence: 2, type: 97, ssrc: 0x97 }), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1 }));
      expect(await line.host.rtp.next()).toMatchObject({
        bytes: rtpPacket({ sequence: 2, type: 97, ssrc: 0x97 }),
        port: line.port,
      });
      await line.host.rtp.send(rtpPacket({ sequence: 3, type: 96 }), line.port, ours);
      expect(await bench.a.rtp.next()).toMatchObject({
        bytes: rtpPacket({ sequence: 3, type: 96 }),
        port: bench.portA,
      });
    });

    test("RTCP follows the line whose SSRC sent it", async () => {
      await call(audio);
      await bench.a.rtp.send(rtpPacket({ sequence: 2, type: 96, ssrc: 0x97 }), bench.portA, ours);
      await line.host.rtp.next();
      await bench.a.rtp.send(rtcpPacket(0x97), bench.portA, ours);
      expect((await line.host.rtcp.next()).bytes).toEqual(rtcpPacket(0x97));
      await bench.a.rtp.send(rtcpPacket(0x11), bench.portA, ours);
      expect((await bench.b.rtcp.next()).bytes).toEqual(rtcpPacket(0x11));
      await line.host.rtcp.send(rtcpPacket(7), line.port + 1, ours);
      expect(await bench.a.rtp.next()).toMatchObject({ bytes: rtcpPacket(7), port: bench.portA });
    });

    test("the keys are the shared socket's, both ways", async () => {
      const suite = "AES_CM_128_HMAC_SHA1_80";
      const [theirs, own] = [keyFor(suite, 1), keyFor(suite, 2)];
      await call({ ...audio, inbound: theirs, outbound: own });
      const packet = rtpPacket({ sequence: 2, type: 96, ssrc: 0x97 });
      const sealed = Buffer.concat([packet, Buffer.alloc(40)]);
      const length = createProtector(suite, theirs.key).rtp(sealed, 172);
      await bench.a.rtp.send(sealed.subarray(0, length), bench.portA, ours);
      expect((await line.host.rtp.next()).bytes).toEqual(packet);
      await line.host.rtp.send(packet, line.port, ours);
      const back = (await bench.a.rtp.next()).bytes;
      expect(back.subarray(0, createUnprotector(suite, own.key).rtp(back, back.length))).toEqual(packet);
    });

    test("a line that is on hold is not sent to, while the socket's own is", async () => {
      await call(audio);
      bench.configure(line.onA, bench.a, { ...video, send: false });
      await bench.settled();
      await line.host.rtp.send(rtpPacket({ sequence: 3, type: 96 }), line.port, ours);
      expect(await bench.dropped("no-target")).toBe(1);
      await bench.b.rtp.send(rtpPacket({ sequence: 4 }), bench.portB, ours);
      expect((await bench.a.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 4 }));
    });

    test("a line that is closed takes nothing with it, and its packets are the socket's own", async () => {
      await call(audio);
      bench.submit({ kind: "close", pair: line.onA });
      await bench.settled();
      await bench.a.rtp.send(rtpPacket({ sequence: 1, type: 96 }), bench.portA, ours);
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 1, type: 96 }));
      expect(line.host.rtp.received).toBe(0);
    });

    test("a line cannot be bundled on a pair that is not there", async () => {
      bench = await EngineBench.start(factory());
      await bench.open();
      bench.submit({ kind: "open", pair: 9_999, group: 0, address: ours, port: 0, bundledOn: 8_888 });
      expect(await bench.event("bind-failed")).toMatchObject({ pair: 9_999, why: "failed" });
    });
  });
}
