import { expect, test } from "vitest";
import { diffConfig } from "./config-diff.ts";

const cases: readonly (readonly [string, unknown, unknown, readonly string[]])[] = [
  ["equal configurations", { a: { b: [1] } }, { a: { b: [1] } }, []],
  ["a changed value", { a: { b: 1 } }, { a: { b: 2 } }, ["a.b: 1 → 2"]],
  ["a value that appeared", { a: {} }, { a: { b: "x" } }, ["a.b: none → x"]],
  ["a list item", { a: [1, 2] }, { a: [1, 3] }, ["a[1]: 2 → 3"]],
  ["a list item that went", { a: [{ n: 1 }] }, { a: [] }, ['a[0]: {"n":1} → none']],
  ["an entry of a map", new Map([["edge", { cert: "x" }]]), new Map([["edge", { cert: "y" }]]), ["edge.cert: x → y"]],
];

test.each(cases)("%s", (_what, before, after, expected) => {
  expect(diffConfig(before, after)).toEqual(expected);
});

test("a completely different file is summed up", () => {
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, i]));
  const lines = diffConfig({}, many);
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe("and 30 more");
});
