/** Key presses (RFC 4733) in an engine: collected from a peer whose other side has none, and written for one that has. */
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtpPacket } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

const events = { type: 101, clockRate: 8000 };
const types = [0, 101];

export function runPressContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, key presses: ${name}`, () => {
    let bench: EngineBench;
    afterEach(() => bench.stop());

    test("a peer's key press is reported once and stays, its sound goes on", async () => {
      bench = await EngineBench.start(factory());
      await bench.call({ payloadTypes: types, keyPresses: { ...events, collect: true } }, plain);
      for (let n = 1; n <= 8; n++) await bench.a.rtp.send(press(n, n * 160, n > 5), bench.portA, "127.0.0.1");
      expect(await bench.event("pressed")).toEqual({ kind: "pressed", pair: bench.pairA, event: 7, durationMs: 120 });
      await bench.a.rtp.send(rtpPacket({ sequence: 9 }), bench.portA, "127.0.0.1");
      expect((await bench.b.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 9 }));
      expect(await bench.dropped("converted", 8)).toBe(8);
    });

    test("without that a key press crosses as it came", async () => {
      bench = await EngineBench.start(factory());
      await bench.call({ payloadTypes: types, keyPresses: { ...events, collect: false } }, plain);
      await bench.a.rtp.send(press(1, 160, false), bench.portA, "127.0.0.1");
      expect((await bench.b.rtp.next()).bytes).toEqual(press(1, 160, false));
    });

    test("a key press is written over the sound, under SRTP, and every packet opens in its place", async () => {
      bench = await EngineBench.start(factory());
      const [theirs, ours] = [keyFor("AES_CM_128_HMAC_SHA1_80", 1), keyFor("AES_CM_128_HMAC_SHA1_80", 2)];
      const sealed = { inbound: theirs, outbound: ours };
      await bench.call(plain, { ...sealed, payloadTypes: types, keyPresses: { ...events, collect: true } });
      bench.submit({ kind: "press", pair: bench.pairB, event: 3, durationMs: 60 });
      await bench.settled();
      const receiver = createUnprotector(ours.suite, ours.key);
      const heard: number[][] = [];
      for (let sequence = 1; sequence <= 8; sequence++) {
        await bench.a.rtp.send(rtpPacket({ sequence }), bench.portA, "127.0.0.1");
        const { bytes } = await bench.b.rtp.next();
        const length = receiver.rtp(bytes, bytes.length);
        heard.push([bytes.readUInt16BE(2), length, bytes.readUInt8(1)]);
      }
      expect(heard).toEqual([
        [1, 16, 0x80 | 101],
        [2, 16, 101],
        [3, 16, 101],
        [4, 16, 101],
        [5, 16, 101],
        [6, 172, 0],
        [7, 172, 0],
        [8, 172, 0],
      ]);
      // The other way the same leg's presses are still collected.
      const protector = createProtector(theirs.suite, theirs.key);
      for (let n = 1; n <= 3; n++) {
        const packet = Buffer.concat([press(n, 800, n === 3), Buffer.alloc(32)]);
        await bench.b.rtp.send(packet.subarray(0, protector.rtp(packet, 16)), bench.portB, "127.0.0.1");
      }
      expect(await bench.event("pressed")).toMatchObject({ pair: bench.pairB, event: 7, durationMs: 100 });
    });
  });
}

/** Of key 7, with its durations as they grow and then stand. */
function press(sequence: number, duration: number, end: boolean): Buffer {
  const packet = rtpPacket({ sequence, type: 101 }).subarray(0, 16);
  packet.writeUInt32BE(4_800, 4);
  packet.set([7, end ? 0x8a : 0x0a], 12);
  packet.writeUInt16BE(end ? Math.min(duration, 960) : duration, 14);
  return Buffer.from(packet);
}
