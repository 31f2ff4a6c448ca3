import { expect, test } from "vitest";
import { pcapHeader, pcapRecord } from "./pcap.ts";
import { readPlace } from "./place.ts";

const at = 1_700_000_000_123.5;

/** RFC 1071: over a part that holds its own checksum the sum is nothing. */
function sum(...parts: readonly Buffer[]): number {
  let total = 0;
  for (const part of parts) {
    const even = part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)]);
    for (let i = 0; i < even.length; i += 2) total += even.readUInt16BE(i);
  }
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total ^ 0xffff;
}

test("IPv4: the header's checksum holds, and time, places and payload are there", () => {
  const payload = Buffer.from("OPTIONS");
  const record = pcapRecord({
    at,
    source: readPlace("192.0.2.1:5060"),
    destination: readPlace("203.0.113.9:40000"),
    payload,
  });
  expect([record.readUInt32LE(0), record.readUInt32LE(4), record.readUInt32LE(8)]).toEqual([
    1_700_000_000, 123_500, 35,
  ]);
  const ip = record.subarray(16);
  expect([ip.readUInt16BE(2), sum(ip.subarray(0, 20))]).toEqual([35, 0]);
  expect([[...ip.subarray(12, 20)].join("."), ip.readUInt16BE(20), ip.readUInt16BE(22)]).toEqual([
    "192.0.2.1.203.0.113.9",
    5_060,
    40_000,
  ]);
  expect(ip.subarray(28).toString()).toBe("OPTIONS");
});

test.each(["even", "odd!"])("IPv6: the checksum of UDP, which is a must there, holds over %j", (text) => {
  const [source, destination] = [readPlace("[2001:db8::1]:5060"), readPlace("[2001:db8::2]:5061")];
  const record = pcapRecord({ at, source, destination, payload: Buffer.from(text) });
  const [ip, udp] = [record.subarray(16, 56), record.subarray(56)];
  const pseudo = Buffer.alloc(8);
  pseudo.writeUInt32BE(udp.length, 0);
  pseudo.writeUInt32BE(17, 4);
  expect([udp.readUInt16BE(6) !== 0, sum(ip.subarray(8), pseudo, udp)]).toEqual([true, 0]);
});

test("the file says that packets begin with IP, and what does not fit into a datagram is cut off", () => {
  expect([pcapHeader().length, pcapHeader().readUInt32LE(20)]).toEqual([24, 101]);
  const place = readPlace("192.0.2.1:5060");
  const record = pcapRecord({ at, source: place, destination: place, payload: Buffer.alloc(70_000) });
  expect(record.subarray(16).readUInt16BE(2)).toBe(65_535);
});

test("what was masked is nobody's address", () => {
  expect(["***", "192.0.2.1:5060", "[::1]:5"].map(readPlace)).toEqual([
    { address: "0.0.0.0", port: 0 },
    { address: "192.0.2.1", port: 5_060 },
    { address: "::1", port: 5 },
  ]);
});
