import { describe, expect, test } from "vitest";
import { rtpPacket } from "../../../../test/support/udp-host.ts";
import { RtpMeter } from "./rtp-meter.ts";
import type { PayloadFormat } from "./stream-report.ts";

const pcmu: PayloadFormat = { type: 0, clockRate: 8000, role: "pcmu" };
const events: PayloadFormat = { type: 101, clockRate: 8000, role: "events" };

/** Each packet `sequence` arrives at its time, 20 ms a number unless said otherwise. */
function meterOf(...packets: readonly (readonly [sequence: number, at?: number, ssrc?: number])[]): RtpMeter {
  const meter = new RtpMeter();
  meter.configure([pcmu, events]);
  for (const [sequence, at = sequence * 20, ssrc] of packets) {
    const packet = rtpPacket({ sequence, ...(ssrc !== undefined && { ssrc }) });
    meter.packet(packet, packet.length, at);
  }
  return meter;
}

function countsOf(meter: RtpMeter) {
  const { received, duplicate, reordered, restarts } = meter;
  return { received, expected: meter.takeExpected(), duplicate, reordered, restarts };
}

const nothing = { duplicate: 0, reordered: 0, restarts: 0 };

describe("RFC 3550 §A.3: what came and what should have come", () => {
  test("a packet that is missing is expected and not received", () => {
    expect(countsOf(meterOf([1], [2], [4], [5]))).toEqual({ ...nothing, received: 4, expected: 5 });
  });

  test("a packet that comes late is no loss, one that comes twice is no second packet", () => {
    expect(countsOf(meterOf([1], [3], [2], [3], [2]))).toEqual({
      ...nothing,
      received: 3,
      expected: 3,
      duplicate: 2,
      reordered: 1,
    });
  });

  test("sequence numbers wrap, twice, without a loss", () => {
    const meter = new RtpMeter();
    for (let n = 65_000; n < 65_000 + 2 * 65_536; n++) {
      const packet = rtpPacket({ sequence: n });
      meter.packet(packet, packet.length, n * 20);
    }
    expect(countsOf(meter)).toEqual({ ...nothing, received: 131_072, expected: 131_072 });
  });

  test("a late packet from before the wrap belongs there", () => {
    expect(countsOf(meterOf([65_534], [65_536], [65_535]))).toEqual({
      ...nothing,
      received: 3,
      expected: 3,
      reordered: 1,
    });
  });

  test("a new SSRC begins anew, and the gap between the two is no loss", () => {
    expect(countsOf(meterOf([100], [101], [9000, 2040, 7], [9001, 2060, 7]))).toEqual({
      ...nothing,
      received: 4,
      expected: 4,
      restarts: 1,
    });
  });

  test("numbers that jump begin anew once two are in order; one stray packet counts for nothing", () => {
    expect(countsOf(meterOf([100], [30_000, 2020], [101, 2040]))).toEqual({ ...nothing, received: 2, expected: 2 });
    expect(countsOf(meterOf([100], [30_000, 2020], [30_001, 2040], [30_002, 2060]))).toEqual({
      ...nothing,
      received: 3,
      expected: 3,
      restarts: 1,
    });
  });

  test("each report holds what came since the one before", () => {
    const meter = meterOf([1], [2]);
    expect(meter.takeExpected()).toBe(2);
    const packet = rtpPacket({ sequence: 4 });
    meter.packet(packet, packet.length, 80);
    expect(meter.takeExpected()).toBe(2);
    expect(meter.takeExpected()).toBe(0);
  });
});

describe("RFC 3550 §A.8: jitter", () => {
  test("packets on the beat have none", () => {
    expect(meterOf([1], [2], [3], [4]).jitterMs).toBe(0);
  });

  test("a packet 16 ms late is 1 ms of jitter, by the sixteenth of each difference", () => {
    expect(meterOf([1, 20], [2, 56]).jitterMs).toBeCloseTo(1, 9);
  });

  test("key presses stand still in time and are no jitter", () => {
    const meter = meterOf([1], [2]);
    for (let n = 3; n < 12; n++) {
      const packet = rtpPacket({ sequence: n, type: 101 });
      packet.writeUInt32BE(320, 4);
      meter.packet(packet, packet.length, n * 20);
    }
    const packet = rtpPacket({ sequence: 12 });
    meter.packet(packet, packet.length, 240);
    expect(meter.jitterMs).toBe(0);
  });

  test("a clock that is set anew is no delay, and a type nobody negotiated has none", () => {
    const meter = meterOf([1], [2]);
    const packet = rtpPacket({ sequence: 3 });
    packet.writeUInt32BE(0x8000_0000, 4);
    meter.packet(packet, packet.length, 60);
    const unknown = rtpPacket({ sequence: 4, type: 77 });
    meter.packet(unknown, unknown.length, 9_000);
    meter.packet(unknown, unknown.length, 19_000);
    expect(meter.jitterMs).toBe(0);
  });

  test("the longest gap is the longest wait for a packet", () => {
    expect(meterOf([1, 20], [2, 40], [3, 540], [4, 560]).gapMs).toBe(500);
  });
});

describe("silence in G.711", () => {
  test.each([
    ["a muted phone", 0xff, 0xd5, 1],
    ["noise of a quiet line", 0xfd, 0xd4, 1],
    ["speech", 0xb0, 0xa5, 0],
  ])("%s", (_name, muLaw, aLaw, quiet) => {
    const pcma: PayloadFormat = { type: 8, clockRate: 8000, role: "pcma" };
    for (const [format, fill] of [
      [pcmu, muLaw],
      [pcma, aLaw],
    ] as const) {
      const meter = new RtpMeter();
      meter.configure([format]);
      const packet = rtpPacket({ sequence: 1, type: format.type, fill });
      meter.packet(packet, packet.length, 0);
      expect([meter.sampled, meter.quiet]).toEqual([1, quiet]);
    }
  });

  test("one packet in 32 is looked at", () => {
    expect(meterOf(...Array.from({ length: 64 }, (_, n) => [n] as const)).sampled).toBe(2);
  });
});
