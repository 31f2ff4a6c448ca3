import { expect, test } from "vitest";
import { packetCost, refill } from "./token-bucket.ts";

const rate = { packetsPerSecond: 3, burst: 5 };

test("a thousand milliseconds bring exactly the packets of a second, in one step or in a thousand", () => {
  let stepped = 0;
  for (let i = 0; i < 1000; i++) stepped = refill(stepped, 1, rate);
  expect(stepped).toBe(3 * packetCost);
  expect(refill(0, 1000, rate)).toBe(3 * packetCost);
});

test("credit stops at the burst", () => {
  expect(refill(0, 1e12, rate)).toBe(5 * packetCost);
});

test("a clock that goes backwards brings nothing and takes nothing", () => {
  expect(refill(2500, -60_000, rate)).toBe(2500);
});

test("a smaller burst after a reload cuts what was saved", () => {
  expect(refill(5 * packetCost, 0, { packetsPerSecond: 1, burst: 2 })).toBe(2 * packetCost);
});
