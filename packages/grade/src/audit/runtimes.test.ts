import { expect, test } from "vitest";
import { asOf, endedOn, knownHole } from "./runtimes.ts";

test.each([
  ["24.22.0", "24.22.1"],
  ["24.18.0", "24.22.1"],
  ["22.22.1", "22.23.4"],
  ["25.8.1", "25.8.2"],
  ["20.19.9", "20.20.2"],
])("Node %s has a hole that %s has not", (version, fixed) => {
  expect(knownHole(version)).toContain(`repaired in ${fixed} on `);
});

test.each(["24.22.1", "24.23.0", "26.12.1", "22.23.4", "28.0.0"])("Node %s has none that is known", (version) => {
  expect(knownHole(version)).toBeUndefined();
});

test("a line of the runtime has an end, and an odd one had it long ago", () => {
  const on = (day: string) => Date.parse(day);
  expect(endedOn("24.22.1", on("2026-11-23"))).toBeUndefined();
  expect(endedOn("24.22.1", on("2028-06-01"))).toBe("on 2028-04-30");
  expect(endedOn("20.20.2", on("2026-11-23"))).toBe("on 2026-04-30");
  for (const version of ["25.8.2", "18.20.0"]) expect(endedOn(version, on("2026-11-23"))).toBe("long ago");
  expect(endedOn("28.0.0", on("2026-11-23"))).toBeUndefined();
  expect(Date.parse(asOf)).toBeGreaterThan(0);
});
