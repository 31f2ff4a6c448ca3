import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateIndex, rolloverCounter } from "./rollover.ts";

const wrap = 0x1_0000;

test.each([
  ["the next packet", 5, 6, 6],
  ["a late packet", 100, 98, 98],
  ["the packet after 65535", wrap - 1, 0, wrap],
  ["a packet that overtook the wrap backwards", wrap, 65_535, wrap - 1],
  ["a loss of 2^15 - 1", 0, 32_767, 32_767],
  ["a loss of 2^15 - 1 across the wrap", 40_000, 7_231, wrap + 7_231],
  ["exactly 2^15 ahead, low half: same rollover (RFC 3711 appendix A compares with >)", 0, 32_768, 32_768],
  ["exactly 2^15 behind, high half: same rollover", 40_000, 7_232, 7_232],
  ["more than 2^15 ahead in the low half is the rollover before", 3 * wrap + 10, 40_000, 2 * wrap + 40_000],
  ["the second wrap", 2 * wrap - 1, 3, 2 * wrap + 3],
  ["a late packet of a high rollover", 0xffff_fffe * wrap + 1, 65_535, 0xffff_fffd * wrap + 65_535],
])("estimates %s", (_, highest, sequence, index) => {
  expect(estimateIndex(highest, sequence)).toBe(index);
});

test("what came before the first rollover is negative", () => {
  expect(estimateIndex(2, 65_535)).toBe(-1);
});

test("the estimate is right for every packet less than 2^15 away from the highest", () => {
  const near = fc.record({
    highest: fc.integer({ min: wrap, max: 2 ** 48 - wrap }),
    away: fc.integer({ min: -32_767, max: 32_767 }),
  });
  fc.assert(
    fc.property(near, ({ highest, away }) => {
      const index = highest + away;
      return estimateIndex(highest, index % wrap) === index && rolloverCounter(index) === Math.floor(index / wrap);
    }),
  );
});
