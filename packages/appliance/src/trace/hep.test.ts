import { expect, test } from "vitest";
import { decodeHep } from "../../../../test/support/hep-decoder.ts";
import { encodeHep, type HepPacket } from "./hep.ts";

const packet: HepPacket = {
  carrier: "udp",
  source: { address: "192.0.2.1", port: 5_060 },
  destination: { address: "203.0.113.9", port: 40_000 },
  at: 1_700_000_000_123.5,
  kind: "sip",
  agent: 2_001,
  key: "myHep",
  correlation: "0123abcd",
  payload: Buffer.from("OPTIONS"),
};

test("the octets of a small packet, chunk by chunk", () => {
  const expected = [
    "48455033 0083", // HEP3, 131 octets
    "0000 0001 0007 02", // IPv4
    "0000 0002 0007 11", // UDP
    "0000 0003 000a c0000201",
    "0000 0004 000a cb007109",
    "0000 0007 0008 13c4",
    "0000 0008 0008 9c40",
    "0000 0009 000a 6553f100", // seconds
    "0000 000a 000a 0001e26c", // 123,500 microseconds
    "0000 000b 0007 01", // SIP
    "0000 000c 000a 000007d1",
    "0000 000e 000b 6d79486570",
    "0000 0011 000e 3031323361626364",
    "0000 000f 000d 4f5054494f4e53",
  ];
  expect(encodeHep(packet).toString("hex")).toBe(expected.join("").replaceAll(" ", ""));
});

test.each<[string, Partial<HepPacket>, object]>([
  ["IPv4 over UDP", {}, { source: "192.0.2.1", destination: "203.0.113.9", carrier: 17, kind: 1, key: "myHep" }],
  [
    "IPv6 over TCP",
    { carrier: "tcp", source: { address: "2001:db8::1", port: 1 }, destination: { address: "2001:db8::2", port: 2 } },
    { source: "2001:db8:0:0:0:0:0:1", destination: "2001:db8:0:0:0:0:0:2", carrier: 6, sourcePort: 1 },
  ],
  [
    "one address that is not shown",
    { source: { address: "0.0.0.0", port: 0 }, destination: { address: "2001:db8::2", port: 2 } },
    { source: "0:0:0:0:0:ffff:0:0", destination: "2001:db8:0:0:0:0:0:2" },
  ],
  ["a report", { kind: "rtcp-json", payload: Buffer.from("{}") }, { kind: 5, payload: "{}", correlation: "0123abcd" }],
  ["no key", { key: undefined, correlation: "" }, { key: "", correlation: "", agent: 2_001 }],
])("%s is read by somebody else as it was meant", (_what, change, expected) => {
  expect(decodeHep(encodeHep({ ...packet, ...change }))).toMatchObject({ at: 1_700_000_000_123.5, ...expected });
});

test("what is too long for the format loses its end, and is whole otherwise", () => {
  const read = decodeHep(encodeHep({ ...packet, payload: Buffer.alloc(70_000, "x") }));
  expect([read.payload.length > 65_000, read.correlation]).toEqual([true, "0123abcd"]);
});
