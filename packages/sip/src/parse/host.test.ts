import { expect, test } from "vitest";
import { formatHost, isIpv4, isIpv6, parseHostPort } from "./host.ts";

test.each([
  ["Example.COM", { host: "example.com", port: undefined }],
  ["example.com.:5060", { host: "example.com.", port: 5060 }],
  ["a_b-c.local:1", { host: "a_b-c.local", port: 1 }],
  ["192.0.2.1:65535", { host: "192.0.2.1", port: 65_535 }],
  ["[2001:DB8::1]", { host: "2001:db8::1", port: undefined }],
  ["[::ffff:192.0.2.1]:5060", { host: "::ffff:192.0.2.1", port: 5060 }],
])("%s is a host", (text, expected) => {
  expect(parseHostPort(text)).toEqual(expected);
});

test.each([
  "",
  ":5060",
  "a:",
  "a:0",
  "a:65536",
  "a:-1",
  "a:5060x",
  "a b",
  "a..b",
  ".a",
  "-a",
  "a-",
  "1.2.3",
  "010.0.0.1",
  "1.2.3.256",
  "1.2.3.4.5",
  "0x7f.0.0.1",
  "2130706433",
  "2001:db8::1",
  "[2001:db8::1",
  "[fe80::1%eth0]",
  "[]",
  "[192.0.2.1]",
  "a%41",
  "a\0b",
  `${"a".repeat(64)}.b`,
  `${"a.".repeat(127)}a`,
])("%j is refused as a host", (text) => {
  expect(parseHostPort(text)).toBeUndefined();
});

test.each(["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "2001:db8::192.0.2.1", "1:2:3:4:5:6:7::"])(
  "%s is IPv6",
  (text) => {
    expect(isIpv6(text)).toBe(true);
  },
);

test.each([
  "",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::8",
  "12345::",
  "g::",
  "::1.2.3.04",
  "1.2.3.4::",
  ":1:2:3:4:5:6:7:8",
  "2001:db8:::192.0.2.1",
])("%j is not IPv6", (text) => {
  expect(isIpv6(text)).toBe(false);
});

test("a leading zero makes an octet octal to some readers, so it is no IPv4 address", () => {
  for (const text of ["0.0.0.0", "255.255.255.255", "10.0.0.1"]) expect(isIpv4(text)).toBe(true);
  for (const text of ["00.0.0.0", "1.02.3.4", "1.2.3", "1.2.3.", "1..2.3", ".1.2.3", "1.2.3.4 "])
    expect(isIpv4(text)).toBe(false);
});

test("only IPv6 gets brackets", () => {
  expect([formatHost("::1"), formatHost("192.0.2.1"), formatHost("a.b")]).toEqual(["[::1]", "192.0.2.1", "a.b"]);
});
