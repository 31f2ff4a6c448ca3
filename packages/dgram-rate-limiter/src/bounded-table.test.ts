import { expect, test } from "vitest";
import { BoundedTable, sourceLevel } from "./bounded-table.ts";
import { SourceKey } from "./source-key.ts";

const { proven } = sourceLevel;

function keyOf(number: number): SourceKey {
  const key = new SourceKey();
  key.low = number >>> 0;
  return key;
}

test("a hundred thousand strangers leave the table as large as it was", () => {
  const table = new BoundedTable(1024, 7);
  const before = table.bytes;
  for (let i = 0; i < 100_000; i++) {
    const key = keyOf(i);
    if (table.find(key) < 0) table.claim(key, i);
  }
  expect(table.bytes).toBe(before);
  expect(table.counts(100_000).tracked).toBeLessThanOrEqual(table.capacity);
});

test("a hundred thousand strangers push out no proven and no banned source", () => {
  const table = new BoundedTable(1024, 99);
  const pinned = Array.from({ length: 75 }, (_, i) => keyOf(0x0a000000 + i));
  for (const [i, key] of pinned.entries()) {
    const slot = table.claim(key, 0);
    if (i % 2 === 0) table.setLevel(slot, 0, proven);
    else table.ban(slot, 0, 3_000_000);
  }
  for (let i = 0; i < 100_000; i++) table.claim(keyOf(0xc0000000 + i), 1 + i);
  for (const [i, key] of pinned.entries()) {
    const slot = table.find(key);
    expect(slot).toBeGreaterThanOrEqual(0);
    expect(i % 2 === 0 ? table.level(slot) === proven : table.isBanned(slot, 1_000_001)).toBe(true);
  }
});

test("among strangers the one silent for longest goes first", () => {
  const table = new BoundedTable(8, 1);
  for (let i = 0; i < 8; i++) table.claim(keyOf(i), i === 3 ? 0 : 10 + i);
  table.claim(keyOf(100), 50);
  expect(table.displaced).toBe(true);
  expect(table.find(keyOf(3))).toBe(-1);
  expect(table.find(keyOf(0))).toBeGreaterThanOrEqual(0);
});

test("two of eight slots always stay for strangers", () => {
  const table = new BoundedTable(8, 1);
  const granted = Array.from({ length: 8 }, (_, i) => table.setLevel(table.claim(keyOf(i), 0), 0, proven));
  expect(granted.filter(Boolean)).toHaveLength(6);
  table.claim(keyOf(50), 1);
  expect(table.find(keyOf(50))).toBeGreaterThanOrEqual(0);
});

test("bans beyond what a set holds end the ban that would end first, never a proven source", () => {
  const table = new BoundedTable(8, 1);
  table.setLevel(table.claim(keyOf(0), 0), 0, proven);
  for (let i = 1; i < 8; i++) table.ban(table.claim(keyOf(i), 0), 0, i === 4 ? 1000 : 2000 + i);
  expect(table.level(table.find(keyOf(0)))).toBe(proven);
  expect(table.isBanned(table.find(keyOf(7)), 1)).toBe(true);
  expect(table.counts(1)).toMatchObject({ proven: 1, banned: 5 });
});

test("a ban ends by itself and a proven source silent for hours is a stranger again", () => {
  const table = new BoundedTable(8, 1);
  const slot = table.claim(keyOf(1), 0);
  table.ban(slot, 0, 1000);
  expect(table.isBanned(slot, 999)).toBe(true);
  expect(table.isBanned(slot, 1000)).toBe(false);
  table.setLevel(slot, 1000, proven);
  for (let i = 2; i < 30; i++) table.claim(keyOf(i), 20_000_000 + i);
  expect(table.find(keyOf(1))).toBe(-1);
});
