import fc from "fast-check";
import { expect, test } from "vitest";
import { readYaml } from "./yaml-document.ts";
import { beyondLimits } from "./yaml-limits.ts";

test("nesting without an end is refused before the reader sees it, whatever form it has", () => {
  const many = 200_000;
  const files = [
    "[".repeat(many),
    "{a: ".repeat(many),
    "[\n".repeat(1000),
    "- ".repeat(many),
    "? ".repeat(many),
    Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}-`).join("\n"),
    // Closing brackets in strings and comments close nothing.
    '["]", '.repeat(80),
    `[']]]', "x", `.repeat(80),
    "[ # ]]]]\n".repeat(80),
    `x: ["a\n b # c", ${"[".repeat(80)}`,
  ];
  for (const text of files) {
    const { value, findings } = readYaml(text);
    expect([text.slice(0, 10), value, findings[0]?.code]).toEqual([text.slice(0, 10), undefined, "too-deep"]);
  }
});

test("a long file that nests little is not deep", () => {
  const entries = Array.from({ length: 5000 }, (_, i) => `  - { a: [${i}], b: "[[[" } # it's [fine`);
  expect(beyondLimits(`list:\n${entries.join("\n")}\ntext: |\n  [\n  [\n`)).toBeUndefined();
});

test("a file with more keys than any configuration is refused before keys are compared with each other", () => {
  const text = Array.from({ length: 20_001 }, (_, i) => `k${i}: 1`).join("\n");
  expect(readYaml(text).findings).toMatchObject([{ code: "file-too-large", place: { line: 20_001 } }]);
});

test("text that is hardly YAML never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab:-?[]{}&*!|>'\"%@`#, \n\t\0é"), maxLength: 60 }), (text) => {
      const file = readYaml(text);
      expect(file.locate(["a", 0], "value").line).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 2000 },
  );
});

test("a path is found at its key or its value, or at the nearest thing around it", () => {
  const file = readYaml("a:\n  - b: 1\n    c: [x, y]\n");
  expect(file.locate(["a", 0, "c", 1], "value")).toEqual({ line: 3, column: 12 });
  expect(file.locate(["a", 0, "c"], "key")).toEqual({ line: 3, column: 5 });
  expect(file.locate(["a", 0, "missing"], "value")).toEqual({ line: 2, column: 5 });
  expect(file.locate(["nothing"], "value")).toEqual({ line: 1, column: 1 });
});

test("a second document, an alias, a tag and a merge key are each refused at their place", () => {
  const cases = [
    ["a: 1\n---\nb: 2", "2:1"],
    ["a: &x 1", "1:7"],
    ["a: 1\nb: *x", "2:4"],
    ["a: !!str 1", "1:10"],
    ["<<: { a: 1 }", "1:1"],
    ["? [a]\n: 1", "1:3"],
    ["__proto__: 1", "1:1"],
  ];
  for (const [text = "", at] of cases) {
    const { value, findings } = readYaml(text);
    const places = findings.map(({ place }) => `${place?.line}:${place?.column}`);
    expect([text, value, places]).toEqual([text, undefined, expect.arrayContaining([at])]);
  }
});
