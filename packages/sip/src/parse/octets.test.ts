import { expect, test } from "vitest";
import { decimal, isToken, trimmed } from "./octets.ts";

test.each([
  ["0", 0],
  ["0068", 68],
  ["4294967295", 4_294_967_295],
  [`${"0".repeat(500)}7`, 7],
])("decimal reads %j", (text, value) => {
  expect(decimal(text, 2 ** 32 - 1)).toBe(value);
});

test.each(["", " 1", "1 ", "+1", "-1", "0x10", "1e3", "1.0", "five", "4294967296", "36893488147419103232", "\u0661"])(
  "decimal refuses %j and never rounds",
  (text) => {
    expect(decimal(text, 2 ** 32 - 1)).toBeUndefined();
  },
);

test("a token has no separator, no space and no octet above ASCII", () => {
  expect(isToken("!interesting-Method0123456789_*+`.%indeed'~")).toBe(true);
  for (const text of ["", "a b", "a@b", "a/b", "a:b", "a;b", "a\x80", "a\0", '"a"']) expect(isToken(text)).toBe(false);
});

test("trimming takes SP and HTAB only", () => {
  expect(trimmed(" \t a b\t ")).toBe("a b");
  expect(trimmed("\xa0a\v")).toBe("\xa0a\v");
});
