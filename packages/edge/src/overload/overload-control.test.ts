import { expect, test } from "vitest";
import { type LevelChange, OverloadControl } from "./overload-control.ts";

const calm = { lagMs: 2, busy: 0.3, fill: 0 };
const late = { lagMs: 400, busy: 1, fill: 0 };

/** Ten samples a second, for so long. */
function run(control: OverloadControl, sample: typeof calm, seconds: number): readonly LevelChange[] {
  const changes: LevelChange[] = [];
  for (let i = 0; i < seconds * 10; i++) {
    const change = control.sample(i * 100, sample);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

/** Of a hundred requests, those that are refused. */
function refused(control: OverloadControl, ...who: readonly ["unknown" | "registered" | "proven", boolean]): number {
  return Array.from({ length: 100 }, (_, i) => i / 100).filter((draw) => control.refuses(...who, draw)).length;
}

test("one pause is no overload, and neither is a machine that works without being late", () => {
  const control = new OverloadControl();
  run(control, calm, 1);
  expect([control.sample(0, late), control.sample(0, calm), control.sample(0, late)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(run(control, { ...calm, busy: 0.9 }, 60)).toEqual([]);
  expect(refused(control, "unknown", true)).toBe(0);
});

test("who is late with time to spare is kept from its work by others on the machine, and refuses nobody for it", () => {
  const control = new OverloadControl();
  expect(run(control, { lagMs: 2_000, busy: 0.4, fill: 0 }, 10)).toEqual([]);
});

test("what lasts takes class after class, and is told once for each level", () => {
  const control = new OverloadControl();
  const changes = run(control, late, 3);
  expect(changes.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  expect([refused(control, "unknown", false), refused(control, "registered", true)]).toEqual([100, 100]);
  expect(refused(control, "proven", true)).toBe(0);
  // Calls of the proven come last, when it is they who make the load, and never all are refused; what is no call of theirs never is.
  for (let i = 0; i < 20; i++) {
    refused(control, "proven", true);
    control.sample(i, late);
  }
  expect(refused(control, "proven", true)).toBeLessThan(100);
  expect(refused(control, "proven", true)).toBeGreaterThan(90);
  expect(refused(control, "proven", false)).toBe(0);
});

test("a class is refused by shares: what the machine can carry it carries", () => {
  const control = new OverloadControl();
  run(control, calm, 1);
  const shares: number[] = [];
  for (let i = 0; i < 12; i++) {
    control.sample(i, { ...late, lagMs: 60 });
    shares.push(refused(control, "unknown", true));
  }
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBeGreaterThan(30);
  expect(shares.at(-1)).toBeLessThan(100);
  expect(refused(control, "registered", true)).toBe(0);
});

test("when the processor has room it is over within five seconds, one line for each level down", () => {
  const control = new OverloadControl();
  run(control, late, 10);
  const changes = run(control, calm, 5);
  expect(changes.map(({ to }) => to)).toEqual([2, 1, 0]);
  expect(control.pressure).toBe(0);
});

test("without an idle moment strangers make room, nobody else", () => {
  const control = new OverloadControl();
  run(control, { lagMs: 5, busy: 1, fill: 0 }, 30);
  expect(refused(control, "unknown", true)).toBeGreaterThan(90);
  expect([control.level, refused(control, "registered", true)]).toEqual([1, 0]);
});

test.each([
  [0.84, 0],
  [0.85, 1],
  [0.93, 2],
  [0.97, 3],
])("a table that is full by %d is level %d, and emptying it ends that", (fill, level) => {
  const control = new OverloadControl();
  run(control, { ...calm, fill }, 2);
  expect(control.level).toBe(level);
  run(control, calm, 5);
  expect(control.level).toBe(0);
});
