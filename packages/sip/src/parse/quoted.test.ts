import { expect, test } from "vitest";
import { quote, quotedEnd, splitList, unquote } from "./quoted.ts";

test("a quoted string ends at the first quote without a backslash before it", () => {
  expect(quotedEnd('"a\\"b" c', 0)).toBe(6);
  expect(quotedEnd('"a\\\\" c', 0)).toBe(5);
  expect(quotedEnd('"a\\"', 0)).toBe(-1);
  expect(quotedEnd('"a\\', 0)).toBe(-1);
});

test.each(["plain", 'with "quotes"', "back\\slash", "\\", ""])("quoting %j and back changes nothing", (text) => {
  expect(unquote(quote(text))).toBe(text);
});

test("commas in quotes split nothing, in brackets only where there are name-addrs", () => {
  expect(splitList('"a,b" <sip:c>, d', 9, "name-addr")).toEqual(['"a,b" <sip:c>', "d"]);
  expect(splitList("<sip:a,b@c>, <sip:d>", 9, "name-addr")).toEqual(["<sip:a,b@c>", "<sip:d>"]);
  expect(splitList("<a, b", 9, "plain")).toEqual(["<a", "b"]);
});

test.each(["", ",", "a,", ",a", "a,,b", '"a, b'])("%j is no list", (text) => {
  expect(splitList(text, 9, "plain")).toBeUndefined();
});

test("more elements than the limit are no list", () => {
  expect(splitList("a,b,c", 3, "plain")).toHaveLength(3);
  expect(splitList("a,b,c,d", 3, "plain")).toBeUndefined();
});
