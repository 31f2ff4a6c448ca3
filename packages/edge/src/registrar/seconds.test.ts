import { expect, test } from "vitest";
import { parseSeconds } from "./seconds.ts";

test.each([
  ["0", 0],
  ["3600", 3600],
  ["4294967295", 4294967295],
  ["99999999999999", 4294967295],
  ["", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["0x10", undefined],
  ["١٢", undefined],
  ["1".repeat(21), undefined],
])("%j is %s seconds", (text, seconds) => {
  expect(parseSeconds(text)).toBe(seconds);
});
