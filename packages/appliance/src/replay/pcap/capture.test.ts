/** A capture is what somebody else wrote: whatever it says, reading it ends, and answers with values. */
import { expect, test } from "vitest";
import {
  ethernetFrame,
  ipPacket,
  pcapHeader,
  pcapRecord,
  type Written,
  writePcap,
  writePcapng,
} from "../../../../../test/support/pcap-writer.ts";
import { seededBytes } from "../../../../../test/support/seeded-random.ts";
import { CaptureReader } from "./capture-reader.ts";
import { type Packet, readPacket, type Unread } from "./packet.ts";
import { TcpStreams } from "./tcp-streams.ts";

const at = Date.UTC(2026, 10, 22, 3, 0, 0) + 250;
const one: Written = {
  at,
  source: ["192.0.2.10", 40_000],
  destination: ["203.0.113.1", 5060],
  payload: Buffer.from("OPTIONS sip:a SIP/2.0\r\n\r\n"),
};
const six: Written = { ...one, source: ["2001:db8:0:0:0:0:0:1", 5060], destination: ["2001:db8:0:0:0:0:0:2", 5060] };

function read(file: Uint8Array, chunk = file.length): readonly (Packet | Unread)[] {
  const reader = new CaptureReader();
  const found: (Packet | Unread)[] = [];
  for (let from = 0; from < file.length; from += Math.max(1, chunk)) {
    for (const frame of reader.push(file.subarray(from, from + chunk)).frames) {
      const packet = readPacket(frame);
      found.push(typeof packet === "string" ? packet : { ...packet, payload: Buffer.from(packet.payload) });
    }
  }
  return found;
}

const told = (packet: Written) => ({
  at,
  protocol: packet.sequence === undefined ? "udp" : "tcp",
  source: packet.source[0].replace("0:0:0:0:0:", ":"),
  destinationPort: 5060,
  payload: Buffer.from(packet.payload),
});

test.each([
  ["pcap", writePcap],
  ["pcapng", writePcapng],
])("%s: time, addresses, ports and payload, however the octets come", (_name, write) => {
  const file = write([one, six, { ...one, sequence: 7 }]);
  for (const chunk of [1, 7, file.length]) {
    expect(read(file, chunk)).toMatchObject([told(one), told(six), told({ ...one, sequence: 7 })]);
  }
});

const header = (linkType: number, frame: Uint8Array): Buffer =>
  Buffer.concat([pcapHeader(linkType), pcapRecord(at, frame)]);
const ip = ipPacket(one);
const ethernet = ethernetFrame(one);
const tagged = Buffer.concat([
  ethernet.subarray(0, 12),
  Buffer.from([0x88, 0xa8, 0, 5, 0x81, 0, 0, 6]),
  ethernet.subarray(12),
]);

test.each([
  ["two VLAN tags", header(1, tagged)],
  ["Ethernet padding", header(1, Buffer.concat([ethernet, Buffer.alloc(9)]))],
  ["Linux cooked", header(113, Buffer.concat([Buffer.alloc(14), Buffer.from([8, 0]), ip]))],
  ["Linux cooked, second version", header(276, Buffer.concat([Buffer.from([8, 0]), Buffer.alloc(18), ip]))],
  ["raw IP", header(101, ip)],
  ["loopback", header(0, Buffer.concat([Buffer.from([2, 0, 0, 0]), ip]))],
])("%s", (_name, file) => {
  expect(read(file)).toMatchObject([told(one)]);
});

test("what gives no packet says why", () => {
  const fragment = Buffer.from(ip);
  fragment[6] = 0x20;
  const arp = Buffer.concat([Buffer.alloc(12), Buffer.from([8, 6]), Buffer.alloc(28)]);
  const short = Buffer.concat([pcapHeader(101), pcapRecord(at, ip.subarray(0, 40), ip.length)]);
  const found = [header(101, fragment), header(1, arp), header(147, ip), short, header(101, ip.subarray(0, 40))];
  expect(found.flatMap((file) => read(file))).toEqual(["fragment", "other", "link-type", "cut", "broken"]);
});

test.each([
  ["pcap", writePcap],
  ["pcapng", writePcapng],
])("%s cut off at every octet: the packets before are read, nothing is thrown", (_name, write) => {
  const file = write([one, six]);
  const lengths = Array.from({ length: file.length }, (_, end) => read(file.subarray(0, end), end).length);
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2);
});

test("octets changed at random, lengths among them, are values", () => {
  const random = seededBytes(7);
  for (const write of [writePcap, writePcapng]) {
    const file = write([one, six, { ...one, sequence: 7 }]);
    for (let round = 0; round < 2_000; round++) {
      const hostile = Buffer.from(file);
      for (const octet of random(4)) hostile[(octet * 257 + round * 31) % hostile.length] = octet;
      expect(read(hostile).length).toBeLessThan(1_000);
    }
  }
});

test("what is no capture says so", () => {
  expect(new CaptureReader().push(Buffer.from("{ }   ")).failure).toBe("not-a-capture");
  const huge = pcapRecord(at, ip);
  huge.writeUInt32LE(0x7fffffff, 8);
  expect(new CaptureReader().push(Buffer.concat([pcapHeader(1), huge])).failure).toBe("broken-record");
});

test("TCP: a message over several segments, one that came twice, a gap, and a connection that was joined late", () => {
  const message = Buffer.from("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 3\r\n\r\nabc");
  const streams = new TcpStreams();
  const segment = (sequence: number, payload: Uint8Array): number =>
    streams.push({ ...one, protocol: "tcp", sequence: sequence >>> 0, ...places, payload }).length;
  const places = { source: "192.0.2.10", sourcePort: 1, destination: "203.0.113.1", destinationPort: 5060 };
  const start = -20;
  expect(segment(start - 5, Buffer.from("later"))).toBe(0);
  expect(segment(start, message.subarray(0, 30))).toBe(0);
  expect(segment(start, message.subarray(0, 30))).toBe(0);
  // Sequence numbers wrap here, and the segment repeats ten octets.
  expect(segment(start + 20, message.subarray(20))).toBe(1);
  expect(segment(start + message.length + 100, Buffer.concat([message, message]))).toBe(2);
  expect(streams.gaps).toBe(1);
});
