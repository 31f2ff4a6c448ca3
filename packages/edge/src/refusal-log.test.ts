import { expect, test } from "vitest";
import { admitLine } from "./refusal-log.ts";

test("a flood is counted, and named in the next line, not written out", () => {
  const log = { second: -1, lines: 0, suppressed: 0 };
  const lines = Array.from({ length: 1_000 }, () => admitLine(log, 5_000)).filter((line) => line !== undefined);
  expect(lines).toEqual(Array.from({ length: 20 }, () => 0));
  expect(admitLine(log, 6_000)).toBe(980);
  expect(admitLine(log, 6_001)).toBe(0);
});
