import { expect, test } from "vitest";
import { readSource, sourceOf } from "./ban-place.ts";

test.each([
  ["192.0.2.1", "banned4", "192.0.2.1"],
  ["127.83.66.67", "banned4", "127.83.66.67"],
  ["2001:db8:1:2::/64", "banned64", "2001:db8:1:2:0:0:0:0"],
  ["0:0:0:0::/64", "banned64", "0:0:0:0:0:0:0:0"],
  ["2001:db8:1::/48", "banned48", "2001:db8:1:0:0:0:0:0"],
])("%s is an element of %s", (source, set, element) => {
  expect(readSource(source)).toEqual({ set, element });
});

test.each([
  "",
  "192.0.2",
  "192.0.2.256",
  "192.0.2.01",
  "192.0.2.1 ",
  "192.0.2.1}",
  "192.0.2.1/24",
  "0.0.0.0",
  "224.0.0.1",
  "1e1.0.2.1",
  "2001:db8::1",
  "2001:db8::/64",
  "2001:db8:1:2::/63",
  "2001:db8:1:2:3::/64",
  "2001:db8:1:g::/64",
  "2001:DB8:1:2::/64",
  "1.2.3.4:5:6:7::/64",
  "2001:db8:1:2::/64; flush ruleset",
  "192.0.2.1\nflush ruleset",
  `1${"0".repeat(100)}.0.0.1`,
])("%s is refused", (source) => {
  expect(readSource(source)).toBeUndefined();
});

test("what the packet filter prints is the name that was given", () => {
  expect(sourceOf("banned4", "192.0.2.1")).toBe("192.0.2.1");
  expect(sourceOf("banned64", "2001:db8:1:2::")).toBe("2001:db8:1:2::/64");
  expect(sourceOf("banned64", "::")).toBe("0:0:0:0::/64");
  expect(sourceOf("banned64", "2001:db8::")).toBe("2001:db8:0:0::/64");
  expect(sourceOf("banned48", "2001:db8:1::")).toBe("2001:db8:1::/48");
  expect(sourceOf("banned48", "1:2:3:4:5:6:7:8")).toBe("1:2:3::/48");
  for (const odd of ["1:2:3:4:5:6:7", "x::", "::1:2:3:4:5:6:7:8:9"]) expect(sourceOf("banned64", odd)).toBeUndefined();
});
