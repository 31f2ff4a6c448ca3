import { expect, test } from "vitest";
import { Attempts } from "./attempts.ts";

test("a steady stream at exactly the limit passes whatever its jitter", () => {
  const attempts = new Attempts();
  let refused = 0;
  for (let call = 0; call < 3_000; call++) {
    const now = call * 20 + (call % 3 === 0 ? 15 : 0);
    if (attempts.total(now, 50) >= 50) refused++;
    else attempts.record(undefined, "out");
  }
  expect(refused).toBe(0);
});

test("a burst is one second's worth, and a flood gets the limit", () => {
  const attempts = new Attempts();
  let admitted = 0;
  for (let now = 0; now < 10_000; now += 2) {
    if (attempts.total(now, 50) >= 50) continue;
    attempts.record(undefined, "out");
    admitted++;
  }
  expect(admitted).toBeGreaterThanOrEqual(549);
  expect(admitted).toBeLessThanOrEqual(551);
});

test("trunks are weighed apart, and one without a limit is not weighed", () => {
  const attempts = new Attempts();
  expect(attempts.ofTrunk(0, "one", 5)).toBe(0);
  for (let call = 0; call < 5; call++) attempts.record("one", "in");
  expect(attempts.ofTrunk(0, "one", 5)).toBe(5);
  expect(attempts.ofTrunk(0, "two", 5)).toBe(0);
  expect(attempts.ofTrunk(0, "one", undefined)).toBe(0);
  expect(attempts.ofTrunk(400, "one", 5)).toBe(3);
});

test("the directions of a trunk are weighed apart and together", () => {
  const attempts = new Attempts();
  const levels = (now: number) => [
    attempts.ofTrunk(now, "one", 10),
    attempts.ofTrunk(now, "one", 5, "in"),
    attempts.ofTrunk(now, "one", 5, "out"),
  ];
  expect(levels(0)).toEqual([0, 0, 0]);
  for (let call = 0; call < 4; call++) attempts.record("one", "in");
  attempts.recordTrunk("one", "out");
  expect(levels(0)).toEqual([5, 4, 1]);
  expect(levels(200)).toEqual([3, 3, 0]);
  expect(attempts.total(0, 50)).toBe(4);
});
