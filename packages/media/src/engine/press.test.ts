import { describe, expect, test } from "vitest";
import { rtpPacket } from "../../../../test/support/udp-host.ts";
import type { KeyPresses } from "./engine.ts";
import { PressReader } from "./press-reader.ts";
import { PressWriter } from "./press-writer.ts";

const keys: KeyPresses = { type: 101, clockRate: 8000, collect: true };

interface Event {
  readonly at: number;
  readonly event?: number;
  readonly duration?: number;
  readonly end?: boolean;
  readonly sequence?: number;
  readonly ssrc?: number;
}

/** `at`: timestamp of the press. */
function eventPacket({ at, event = 5, duration = 160, end = false, sequence = 1, ssrc = 1 }: Event): Buffer {
  const packet = rtpPacket({ sequence, ssrc, type: 101 }).subarray(0, 16);
  packet.writeUInt32BE(at >>> 0, 4);
  packet.set([event, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff], 12);
  return packet;
}

function reading() {
  const said: [event: number, ms: number][] = [];
  const reader = new PressReader(keys, (event, ms) => said.push([event, ms]));
  const read = (event: Event, now = 0): boolean => {
    const packet = eventPacket(event);
    return reader.isPress(packet, packet.length, now);
  };
  return { said, reader, read };
}

describe("RFC 4733, read", () => {
  test("a press of ten packets and three ends is said once, with its duration", () => {
    const { said, read } = reading();
    for (let n = 1; n <= 10; n++) expect(read({ at: 800, duration: n * 160 }, n * 20)).toBe(true);
    for (let n = 0; n < 3; n++) read({ at: 800, duration: 1600, end: true }, 220 + n);
    expect(said).toEqual([[5, 200]]);
  });

  test("a lost start, or all but one end, change nothing", () => {
    const { said, read } = reading();
    read({ at: 800, duration: 1600, end: true });
    read({ at: 9000, event: 11, duration: 320 });
    read({ at: 9000, event: 11, duration: 640, end: true });
    expect(said).toEqual([
      [5, 200],
      [11, 80],
    ]);
  });

  test("when every end is lost, the next press ends it, or a quarter of a second", () => {
    const { said, reader, read } = reading();
    read({ at: 800, duration: 320 }, 0);
    read({ at: 4000, event: 6, duration: 160 }, 100);
    expect(said).toEqual([[5, 40]]);
    reader.settle(300);
    expect(said).toHaveLength(1);
    reader.settle(350);
    expect(said[1]).toEqual([6, 20]);
    const sound = rtpPacket({ sequence: 9 });
    expect(reader.isPress(sound, sound.length, 900)).toBe(false);
    expect(said).toHaveLength(2);
  });

  test("an end that comes after the next press began is not a third press", () => {
    const { said, read } = reading();
    read({ at: 800, end: true });
    read({ at: 4000, event: 6 });
    read({ at: 800, end: true });
    read({ at: 4000, event: 6, end: true });
    expect(said.map(([event]) => event)).toEqual([5, 6]);
  });

  test("a press longer than its field counts is one press", () => {
    const { said, read } = reading();
    read({ at: 800, duration: 0xffff });
    read({ at: 800 + 0xffff, duration: 8000 });
    read({ at: 800 + 0xffff, duration: 8000, end: true });
    expect(said).toEqual([[5, Math.round(((0xffff + 8000) * 1000) / 8000)]]);
  });

  test("timestamps wrap between two presses", () => {
    const { said, read } = reading();
    read({ at: 0xffff_ff00, end: true });
    read({ at: 0x100, event: 6, end: true });
    expect(said).toHaveLength(2);
  });

  test("what is no key, too short, or too much, is taken and not said", () => {
    const { said, reader, read } = reading();
    expect(read({ at: 800, event: 16, end: true })).toBe(true);
    const short = eventPacket({ at: 1600 }).subarray(0, 14);
    expect(reader.isPress(short, short.length, 0)).toBe(true);
    expect(said).toEqual([]);
    for (let n = 0; n < 100; n++) read({ at: 10_000 + n * 800, end: true }, n);
    expect(said).toHaveLength(16);
  });
});

describe("RFC 4733, written over sound", () => {
  /** What leaves while the far side sends 20 ms of sound a packet. */
  function writing(...presses: readonly (readonly [event: number, ms: number])[]) {
    const writer = new PressWriter(keys);
    for (const [event, ms] of presses) writer.press(event, ms, 0);
    return (packets: number, from = 1, ssrc = 1): readonly Buffer[] =>
      Array.from({ length: packets }, (_, n) => {
        const packet = rtpPacket({ sequence: from + n, ssrc });
        return Buffer.from(packet.subarray(0, writer.write(packet, packet.length, n * 20)));
      });
  }
  const typeOf = (packet: Buffer): number => packet.readUInt8(1) & 0x7f;
  const events = (packets: readonly Buffer[]) => packets.filter((packet) => typeOf(packet) === 101);

  test("a press of 100 ms: marked at its beginning, steps of the sound, one timestamp, three ends, every number once", () => {
    const sent = writing([5, 100])(20);
    expect(sent.map((packet) => packet.readUInt16BE(2))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    const press = events(sent);
    expect(press.map((packet) => packet.readUInt8(1) >> 7)).toEqual([1, 0, 0, 0, 0, 0, 0]);
    expect(press.map((packet) => packet.readUInt16BE(14))).toEqual([160, 320, 480, 640, 800, 800, 800]);
    expect(press.map((packet) => packet.readUInt8(13))).toEqual([10, 10, 10, 10, 0x8a, 0x8a, 0x8a]);
    expect(new Set(press.map((packet) => packet.readUInt32BE(4)))).toEqual(new Set([160]));
    expect(press.every((packet) => packet.length === 16 && packet.readUInt8(12) === 5)).toBe(true);
    expect(sent.slice(7).every((packet) => packet.length === 172)).toBe(true);
  });

  test("two presses have sound between them", () => {
    const types = writing([1, 40], [2, 40])(16).map(typeOf);
    expect(types.join(" ")).toBe("101 101 101 101 0 0 0 101 101 101 101 0 0 0 0 0");
  });

  test("what a reader makes of it is what was pressed", () => {
    const { said, reader } = reading();
    for (const packet of writing([7, 160], [10, 60])(40)) reader.isPress(packet, packet.length, 0);
    expect(said).toEqual([
      [7, 160],
      [10, 60],
    ]);
  });

  test("a new stream in the middle of a press ends it, the next press is whole", () => {
    const write = writing([1, 400], [2, 40]);
    write(5);
    const after = write(12, 9000, 77);
    expect(events(after).map((packet) => packet.readUInt8(12))).toEqual([2, 2, 2, 2]);
  });

  test("where no sound flows the press is given up, and no more than 32 wait", () => {
    const writer = new PressWriter(keys);
    for (let n = 0; n < 100; n++) writer.press(n % 10, 20, 0);
    const packet = rtpPacket({ sequence: 1 });
    expect(writer.write(packet, packet.length, 5_001)).toBe(172);
    for (let n = 0; n < 100; n++) writer.press(n % 10, 20, 6_000);
    const starts = Array.from({ length: 600 }, (_, n) => {
      const sound = rtpPacket({ sequence: n + 2 });
      writer.write(sound, sound.length, 6_000);
      return sound.readUInt8(1);
    }).filter((second) => second === (0x80 | 101));
    expect(starts).toHaveLength(32);
  });

  test("a packet too small for an event, and an event of the other side's own, go as they are", () => {
    const writer = new PressWriter(keys);
    writer.press(5, 100, 0);
    const noise = rtpPacket({ sequence: 1, type: 13 }).subarray(0, 13);
    expect(writer.write(noise, noise.length, 0)).toBe(13);
    const own = eventPacket({ at: 160, event: 9 });
    expect([writer.write(own, own.length, 0), own.readUInt8(12)]).toEqual([16, 9]);
  });
});
