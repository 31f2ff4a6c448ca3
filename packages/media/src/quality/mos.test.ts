import { describe, expect, test } from "vitest";
import { impairmentOf } from "./impairment.ts";
import { type LineFacts, mosOf, mosOfLine, transmissionRating } from "./mos.ts";

const perfect: LineFacts = { codec: "pcmu", lossRate: 0, jitterMs: 0, roundTripMs: 0 };
/** The network delay that makes the whole one-way delay of a G.711 line so long. */
const delayed = (milliseconds: number): LineFacts => ({
  ...perfect,
  roundTripMs: 2 * (milliseconds - impairmentOf("pcmu").delayMs),
});

test.each([
  [90, 4.34],
  [80, 4.02],
  [70, 3.6],
  [60, 3.1],
  [50, 2.58],
])("ITU-T G.107 table B.1: a rating of %d is a MOS of %d", (rating, mos) => {
  expect(mosOf(rating)).toBeCloseTo(mos, 2);
});

test.each([
  [-5, 1],
  [3, 1],
  [100, 4.5],
  [120, 4.5],
])("the ends of the scale: %d is %d", (rating, mos) => {
  expect(mosOf(rating)).toBe(mos);
});

describe("ITU-T G.107, default values", () => {
  test("a line without delay or loss is rated 93.2", () => {
    expect(transmissionRating(delayed(0))).toBeCloseTo(93.2, 1);
  });

  /** A straight line often used in its place: 0.024 a millisecond, and 0.11 more beyond 177.3. */
  test.each([50, 100, 150, 200, 300])("with %d ms it is within two points of the known approximation", (delay) => {
    const straight = 93.2 - 0.024 * delay - 0.11 * Math.max(0, delay - 177.3);
    expect(Math.abs(transmissionRating(delayed(delay)) - straight)).toBeLessThan(2);
  });

  test("loss costs what Ie and Bpl say: 1 % of G.729A is (95 - 11) / (1 + 19) beyond its 11", () => {
    const loss = transmissionRating({ ...perfect, codec: "g729", lossRate: 0.01 });
    const none = transmissionRating({ ...perfect, codec: "g729" });
    expect(none - loss).toBeCloseTo(84 / 20, 6);
  });
});

test("more loss, more jitter, more delay are never better", () => {
  for (const codec of ["pcmu", "g729", "opus", "amr", undefined]) {
    let [byLoss, byJitter, byDelay] = [5, 5, 5];
    for (let n = 0; n <= 40; n++) {
      const loss = mosOfLine({ ...perfect, codec, lossRate: n / 40 });
      const jitter = mosOfLine({ ...perfect, codec, jitterMs: 10 * n });
      const delay = mosOfLine({ ...perfect, codec, roundTripMs: 50 * n });
      expect([loss <= byLoss, jitter <= byJitter, delay <= byDelay]).toEqual([true, true, true]);
      [byLoss, byJitter, byDelay] = [loss, jitter, delay];
    }
    expect(byLoss).toBeLessThan(1.2);
  }
});

test("a good line of G.711 is good, one that loses a tenth of G.729 is not", () => {
  expect(mosOfLine({ codec: "pcma", lossRate: 0, jitterMs: 2, roundTripMs: 40 })).toBeGreaterThan(4.3);
  expect(mosOfLine({ codec: "g729", lossRate: 0.1, jitterMs: 30, roundTripMs: 200 })).toBeLessThan(2.6);
});
