import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalIp, isLoopback, isWildcard, parseIp } from "./address.ts";

test("every way to write an IPv6 address reads as the same address", () => {
  const ways = ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8::0001", "2001:db8:0:0::1", "2001:db8::0.0.0.1"];
  for (const way of ways) expect([way, canonicalIp(way)]).toEqual([way, "2001:db8:0:0:0:0:0:1"]);
});

test("an IPv4 address inside an IPv6 one is the IPv4 address", () => {
  for (const way of ["::ffff:192.0.2.1", "::FFFF:c000:0201", "0:0:0:0:0:ffff:192.0.2.1"]) {
    expect(parseIp(way)).toEqual({ family: 4, value: 0xc0000201 });
  }
});

test("leading zeros, short forms and other spellings are refused", () => {
  const wrong = [
    "010.0.0.1",
    "10.0.0.01",
    "00.0.0.0",
    "10.1",
    "0x0a.0.0.1",
    "167772161",
    "10.0.0.256",
    "10.0.0.1.",
    "10..0.1",
  ];
  const wrong6 = [
    "::1::",
    ":::",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2:3:4:5:6:7:8:9",
    "12345::",
    "::g",
  ];
  const wrongMix = [
    "::ffff:010.0.0.1",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1.2.3",
    "fe80::1%eth0",
    "[::1]",
    "::1 ",
    "",
    ":",
    "1:",
  ];
  for (const text of [
    ...wrong,
    ...wrong6,
    ...wrongMix,
    "1:2:3:4:5:6:7::8",
    "::1:2:3:4:5:6:7:8",
    "localhost",
    "１.1.1.1",
  ]) {
    expect([text, parseIp(text)]).toEqual([text, undefined]);
  }
});

test("zero itself may be written", () => {
  expect(parseIp("0.0.0.0")).toEqual({ family: 4, value: 0 });
  expect(canonicalIp("::")).toBe("0:0:0:0:0:0:0:0");
});

test("a dotted quad is read as its four octets", () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      const value = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      expect(parseIp(text)).toEqual({ family: 4, value });
    }),
  );
});

test("every valid IPv6 text is read, whatever its form", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      expect(parseIp(text)).toBeDefined();
    }),
  );
});

test("no text makes the reader throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123456789abcf:.%[]/ -") }), (text) => {
      parseIp(text);
    }),
  );
});

test("wildcard and loopback are known in both families", () => {
  expect(["0.0.0.0", "::", "0:0::0"].every(isWildcard)).toBe(true);
  expect(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"].every(isLoopback)).toBe(true);
  expect(["10.0.0.1", "::2", "nowhere"].some((text) => isWildcard(text) || isLoopback(text))).toBe(false);
});
