import { expect, test } from "vitest";
import { oneSpelling, sameFamily, sourceOf } from "./address.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["pbx.example.com", "pbx.example.com"],
  ["fe80::1%eth0", "fe80::1%eth0"],
])("%s is written as a socket writes it: %s", (written, shown) => {
  expect(oneSpelling(written)).toBe(shown);
});

test("an IPv6 line is one source, an IPv4 address is one, and so is the same address mapped", () => {
  expect(sourceOf("2001:db8:1:2::1")).toBe(sourceOf("2001:db8:1:2:ffff::9"));
  expect(sourceOf("2001:db8:1:2::1")).not.toBe(sourceOf("2001:db8:1:3::1"));
  expect(sourceOf("192.0.2.1")).not.toBe(sourceOf("192.0.2.2"));
  expect(sourceOf("::ffff:192.0.2.1")).toBe(sourceOf("::ffff:c000:201"));
});

test("families are told apart by their text", () => {
  expect([sameFamily("::1", "2001:db8::1"), sameFamily("::1", "127.0.0.1")]).toEqual([true, false]);
});
