import { expect, test } from "vitest";
import { SourceKey } from "./source-key.ts";

function keyOf(address: string): readonly [number, number] | undefined {
  const key = new SourceKey();
  return key.read(address) ? [key.high, key.low] : undefined;
}

test("an IPv4 address is its own key", () => {
  expect(keyOf("192.0.2.1")).toEqual([0, 0xc0000201]);
  expect(keyOf("255.255.255.255")).toEqual([0, 0xffffffff]);
});

test("an IPv4 host seen through an IPv6 socket has the key of the IPv4 host", () => {
  for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
    expect(keyOf(text)).toEqual(keyOf("192.0.2.1"));
  }
});

test("IPv6 addresses of one /64 share a key, those of the next do not", () => {
  const key = [0x20010db8, 0x00010002];
  for (const text of [
    "2001:db8:1:2::",
    "2001:db8:1:2::1",
    "2001:db8:1:2:3:4:5:6",
    "2001:db8:1:2:ffff::9",
    "2001:DB8:1:2::1.2.3.4",
  ]) {
    expect(keyOf(text)).toEqual(key);
  }
  expect(keyOf("2001:db8:1:3::1")).not.toEqual(key);
});

test("a gap may stand anywhere", () => {
  expect(keyOf("::1")).toEqual([0, 0]);
  expect(keyOf("::")).toEqual([0, 0]);
  expect(keyOf("1::8")).toEqual([0x10000, 0]);
  expect(keyOf("::2:3:4:5:6:7:8")).toEqual([2, 0x30004]);
  expect(keyOf("fe80::1%eth0")).toEqual([0xfe800000, 0]);
});

test("what is no address has no key", () => {
  const texts = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1..2.3",
    "a.b.c.d",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
  ];
  for (const text of [...texts, "12345::", "g::", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4 ", "localhost"]) {
    expect([text, keyOf(text)]).toEqual([text, undefined]);
  }
});
