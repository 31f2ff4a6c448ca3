import { expect, test } from "vitest";
import { RtcpMeter } from "./rtcp-meter.ts";

const ours = 0x11223344;

function senderReport(middle: number): Buffer {
  const packet = Buffer.alloc(28);
  packet.set([0x80, 200, 0, 6]);
  packet.writeUInt32BE(ours, 4);
  packet.writeUInt32BE(middle, 10);
  return packet;
}

function receiverReport(o: {
  about?: number;
  fraction?: number;
  jitter?: number;
  lsr?: number;
  dlsr?: number;
}): Buffer {
  const packet = Buffer.alloc(32);
  packet.set([0x81, 201, 0, 7]);
  packet.writeUInt32BE(o.about ?? ours, 8);
  packet[12] = o.fraction ?? 0;
  packet.writeUInt32BE(o.jitter ?? 0, 20);
  packet.writeUInt32BE(o.lsr ?? 0, 24);
  packet.writeUInt32BE(o.dlsr ?? 0, 28);
  return packet;
}

function heard(meter: RtcpMeter, packet: Buffer, now = 0): void {
  meter.received(packet, packet.length, ours, now);
}

test("RFC 3550 §6.4.1: the round trip is from our handing on of the sender report to the answer, less what the peer kept it", () => {
  const meter = new RtcpMeter();
  meter.sent(senderReport(0xabcd0001), 28, 1_000);
  meter.sent(senderReport(0xabcd0002), 28, 6_000);
  heard(meter, receiverReport({ lsr: 0xabcd0001, dlsr: 5 * 65_536, fraction: 64, jitter: 160 }), 6_085);
  expect(meter.takeRemote(8000)).toEqual({ fractionLost: 0.25, jitterMs: 20, roundTripMs: 85 });
  expect(meter.takeRemote(8000)).toBeUndefined();
});

test("a report that names no sender report of ours, or an impossible one, says nothing of the round trip", () => {
  const meter = new RtcpMeter();
  meter.sent(senderReport(1), 28, 0);
  heard(meter, receiverReport({ lsr: 77 }), 50);
  expect(meter.takeRemote(8000)?.roundTripMs).toBeUndefined();
  heard(meter, receiverReport({ lsr: 1 }), 60_000);
  expect(meter.takeRemote(8000)?.roundTripMs).toBeUndefined();
});

test("a report about somebody else's stream is not ours", () => {
  const meter = new RtcpMeter();
  heard(meter, receiverReport({ about: 9, fraction: 255 }));
  expect(meter.takeRemote(8000)).toBeUndefined();
});

test("counts that lie never lead out of the packet", () => {
  const packet = receiverReport({});
  packet[0] = 0x9f;
  const meter = new RtcpMeter();
  heard(meter, packet);
  expect(meter.takeRemote(8000)).toMatchObject({ fractionLost: 0 });
});

test("RFC 3611 §4.7: the VoIP metrics block is read, what the peer does not know is undefined", () => {
  const block = Buffer.alloc(36);
  block.set([7, 0, 0, 8]);
  block.writeUInt32BE(ours, 4);
  block.set([64, 32], 8);
  block.writeUInt16BE(120, 16);
  block.writeUInt16BE(60, 18);
  block.set([80, 127, 41, 127], 24);
  block.writeUInt16BE(40, 30);
  const head = Buffer.from([0x80, 207, 0, 10, 0, 0, 0, 9]);
  const meter = new RtcpMeter();
  heard(meter, Buffer.concat([receiverReport({}), head, block]));
  expect(meter.takeVoip()).toEqual({
    lossRate: 0.25,
    discardRate: 0.125,
    roundTripMs: 120,
    endSystemDelayMs: 60,
    rFactor: 80,
    mosListening: 4.1,
    mosConversational: undefined,
    jitterBufferMs: 40,
  });
  expect(meter.takeVoip()).toBeUndefined();
});
