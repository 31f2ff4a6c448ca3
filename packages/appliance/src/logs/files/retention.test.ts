import { expect, test } from "vitest";
import { asideName, asideSince, currentName, outdated } from "./retention.ts";

const day = 86_400_000;
const noon = Date.UTC(2026, 10, 23, 12, 30, 45, 678);

test("a file that is put aside has the moment in its name", () => {
  expect(asideName(noon)).toBe("ringfence-20261123T123045678Z.log");
  expect(asideSince(asideName(noon))).toBe(noon);
});

test.each([
  currentName,
  "ringfence-20261123T123045678Z.log.gz",
  "ringfence-2026.log",
  "ringfence-20269923T123045678Z.log",
])("%s is not ours to remove", (name) => {
  expect(asideSince(name)).toBeUndefined();
});

test("by number: the oldest go, and nothing that has another name", () => {
  const names = [3, 1, 2].map((days) => asideName(noon - days * day));
  expect(outdated([...names, currentName, "notes.txt"], { files: 2 }, noon)).toEqual([asideName(noon - 3 * day)]);
});

test("by age: what is older goes, however many there are", () => {
  const names = [1, 2, 3].map((days) => asideName(noon - days * day));
  expect(outdated(names, { ageMs: 2 * day }, noon)).toEqual([asideName(noon - 3 * day)]);
});
