import { expect, test } from "vitest";
import type { Check, Look, Point, Severity } from "./check.ts";
import { grade } from "./grade.ts";

type Facts = Readonly<Record<string, Look>>;

const check = (id: string, severity: Severity): Check<Facts> => ({
  id,
  severity,
  title: "",
  fix: "",
  where: "",
  look: (facts) => facts[id],
});
const points: readonly Point<Facts>[] = [
  {
    number: 1,
    name: "one",
    checks: [check("a", "critical"), check("b", "high"), check("c", "medium"), check("d", "low")],
  },
  { number: 2, name: "two", checks: [check("e", "high")] },
];
const good: Facts = { a: [], b: [], c: [], d: [], e: [] };
const scoresOf = (facts: Facts): readonly (number | null)[] => grade(points, facts).points.map(({ score }) => score);

test("a critical finding takes its whole point away, a low one a little", () => {
  expect(scoresOf(good)).toEqual([100, 100]);
  expect(scoresOf({ ...good, a: ["seen"] })).toEqual([0, 100]);
  expect(scoresOf({ ...good, d: ["seen"] })).toEqual([94, 100]);
  expect(scoresOf({ ...good, b: ["seen"], c: ["seen"] })).toEqual([53, 100]);
});

test("what nobody could look at counts neither way, and a point of that alone has no score", () => {
  const graded = grade(points, { a: [], b: ["seen"], d: [] });
  expect(graded.points.map(({ score }) => score)).toEqual([64, null]);
  expect(graded.score).toBe(64);
  expect(graded.points.map(({ unseen }) => unseen)).toEqual([["c"], ["e"]]);
});

test("the total is the mean of the points", () => {
  expect(grade(points, { ...good, e: ["seen"] }).score).toBe(50);
  expect(grade(points, {}).score).toBe(0);
});
