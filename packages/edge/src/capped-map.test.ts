import { expect, test } from "vitest";
import { CappedMap } from "./capped-map.ts";

function drained<K, V>(map: CappedMap<K, V>): readonly (readonly [K, V])[] {
  const found: (readonly [K, V])[] = [];
  for (let one = map.oldest; one !== undefined; one = map.oldest) {
    found.push(one);
    map.delete(one[0]);
  }
  return found;
}

test("the oldest makes room, and what is set again is the newest", () => {
  const map = new CappedMap<string, number>(3);
  for (const [value, key] of ["a", "b", "c"].entries()) map.set(key, value);
  map.set("a", 9);
  map.set("d", 3);
  expect([map.size, map.full, map.has("b"), map.get("a")]).toEqual([3, true, false, 9]);
  expect(drained(map)).toEqual([
    ["c", 2],
    ["a", 9],
    ["d", 3],
  ]);
  expect([map.size, map.oldest]).toEqual([0, undefined]);
});

test("what is deleted anywhere leaves the order of the others", () => {
  const map = new CappedMap<number, number>(10);
  for (let i = 0; i < 5; i++) map.set(i, i);
  expect([0, 2, 4, 7].map((key) => map.delete(key))).toEqual([true, true, true, false]);
  map.set(5, 5);
  expect(drained(map).map(([key]) => key)).toEqual([1, 3, 5]);
});

test("after any steps it holds what a map of the language with the same rule holds", () => {
  const map = new CappedMap<number, number>(50);
  const model = new Map<number, number>();
  for (let step = 0; step < 20_000; step++) {
    const key = (step * step * 31 + step) % 97;
    model.delete(key);
    if (step % 5 === 4) map.delete(key);
    else {
      map.set(key, step);
      if (model.size >= 50) model.delete(model.keys().next().value ?? 0);
      model.set(key, step);
    }
    expect(map.size).toBe(model.size);
    expect(map.oldest).toEqual(model.entries().next().value);
  }
  expect(drained(map)).toEqual([...model]);
});
