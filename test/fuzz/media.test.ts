/** The short, deterministic run of the media fuzz targets: fixed seeds, and every crash ever saved. */
import { describe, expect, test } from "vitest";
import { corpusOf, fuzzTimes } from "./fuzz-driver.ts";
import { mediaTargets } from "./media-targets.ts";

describe.each([...mediaTargets])("$name", (target) => {
  test("holds its invariants on mutated examples", () => {
    for (const seed of [1, 2, 3]) fuzzTimes(target, seed, 300);
  });

  test("holds its invariants on every octet string that once broke them", () => {
    for (const { file, bytes } of corpusOf(target.name)) {
      expect(() => target.run(bytes), file).not.toThrow();
    }
  });
});
