import fc from "fast-check";
import { expect, test } from "vitest";
import { srtpResult } from "./failure.ts";
import { ReplayWindow, replayWindow } from "./replay-window.ts";

test("covers at least 128 packets", () => {
  expect(replayWindow).toBeGreaterThanOrEqual(128);
});

test("asking changes nothing: only mark does", () => {
  const window = new ReplayWindow(10);
  window.mark(10);
  for (const index of [11, 5_000, 2 ** 40]) expect([window.check(index), window.check(index)]).toEqual([0, 0]);
  expect(window.highest).toBe(10);
  expect(window.check(9)).toBe(0);
});

test("a jump over the whole ring forgets the old bits and nothing else", () => {
  const window = new ReplayWindow(0);
  for (let index = 0; index < 300; index++) window.mark(index);
  window.mark(2 ** 47);
  expect(window.check(2 ** 47)).toBe(srtpResult.replay);
  expect(window.check(2 ** 47 - 1)).toBe(0);
  expect(window.check(2 ** 47 - replayWindow + 1)).toBe(0);
  expect(window.check(2 ** 47 - replayWindow)).toBe(srtpResult.old);
});

test("after a restart nothing up to the highest index is taken", () => {
  const window = ReplayWindow.resumedAt(1_000);
  expect(window.check(1_000)).toBe(srtpResult.replay);
  expect(window.check(999)).toBe(srtpResult.replay);
  expect(window.check(1_001)).toBe(0);
  window.mark(1_001);
  expect(window.check(1_001)).toBe(srtpResult.replay);
});

test("agrees with a set that forgets nothing, for any order of packets", () => {
  const start = 2 ** 33 - 500;
  const arrivals = fc.array(fc.integer({ min: start, max: start + 1_000 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(arrivals, ([first, ...others]) => {
      const window = new ReplayWindow(first as number);
      window.mark(first as number);
      const seen = new Set([first]);
      for (const index of others) {
        const behind = index <= window.highest - replayWindow;
        const expected = behind ? srtpResult.old : seen.has(index) ? srtpResult.replay : 0;
        if (window.check(index) !== expected) return false;
        if (expected === 0) window.mark(index);
        seen.add(index);
      }
      return true;
    }),
  );
});
