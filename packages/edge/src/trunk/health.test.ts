import { expect, test } from "vitest";
import { callFailed, isDown, onTrial, pingAnswered, pingLost, unknownHealth, worked } from "./health.ts";

test("one lost OPTIONS takes no host down, two in a row do", () => {
  const once = pingLost(worked(unknownHealth));
  expect(isDown(once)).toBe(false);
  expect(isDown(pingLost(once))).toBe(true);
  expect(isDown(pingLost(pingAnswered(once)))).toBe(false);
});

test("one answer brings no host back, two in a row do", () => {
  const down = callFailed(unknownHealth);
  const once = pingAnswered(down);
  expect(isDown(once)).toBe(true);
  expect(pingAnswered(once).state).toBe("up");
  expect(isDown(pingAnswered(pingLost(once)))).toBe(true);
});

test("a call that met silence takes a host down at once", () => {
  expect(isDown(callFailed(worked(unknownHealth)))).toBe(true);
});

test("a trial that fails is waited for twice as long, up to five minutes", () => {
  let health = callFailed(unknownHealth);
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    waits.push(health.wait);
    health = callFailed(onTrial(health));
  }
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  expect(worked(onTrial(health))).toEqual({ state: "up", inRow: 0, wait: 30_000 });
});
