import { expect, test } from "vitest";
import { drawOrder } from "./order.ts";

const dice = (seed: number) => (bytes: number) => {
  const out = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    out[i] = seed >>> 16;
  }
  return out;
};

test("a lower priority always comes first", () => {
  const random = dice(1);
  const hops = [
    { name: "b", priority: 2, weight: 100 },
    { name: "a", priority: 1, weight: 0 },
  ];
  for (let i = 0; i < 50; i++) expect(drawOrder(hops, random).map((h) => h.name)).toEqual(["a", "b"]);
});

test("among equals calls are shared in proportion to weight", () => {
  const random = dice(7);
  const hops = [
    { name: "big", priority: 1, weight: 75 },
    { name: "small", priority: 1, weight: 25 },
  ];
  const first = { big: 0, small: 0 };
  for (let i = 0; i < 4000; i++) {
    const name = drawOrder(hops, random)[0]?.name;
    if (name === "big" || name === "small") first[name]++;
  }
  expect(first.big / 4000).toBeGreaterThan(0.7);
  expect(first.big / 4000).toBeLessThan(0.8);
});

test("every hop is there exactly once, weight zero or not", () => {
  const random = dice(3);
  const hops = Array.from({ length: 9 }, (_, i) => ({ id: i, priority: i % 2, weight: i % 3 }));
  expect(
    drawOrder(hops, random)
      .map((h) => h.id)
      .toSorted(),
  ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
