import fc from "fast-check";
import { expect, test } from "vitest";
import { Deadlines } from "./deadlines.ts";

test("events fire in order of time, and of arming within one instant", () => {
  const heap = new Deadlines<string>();
  for (const [at, event] of [
    [30, "c"],
    [10, "a"],
    [20, "b1"],
    [20, "b2"],
  ] as const) {
    heap.arm(at, event);
  }
  expect(heap.next()).toBe(10);
  expect(heap.popDue(9)).toBeUndefined();
  expect([heap.popDue(20), heap.popDue(20), heap.popDue(20), heap.popDue(20)]).toEqual(["a", "b1", "b2", undefined]);
  expect(heap.size).toBe(1);
});

test("a disarmed deadline leaves the heap at once, and disarming twice is harmless", () => {
  const heap = new Deadlines<number>();
  const armed = Array.from({ length: 1000 }, (_, at) => heap.arm(at, at));
  for (const deadline of armed.slice(0, 999)) heap.disarm(deadline);
  for (const deadline of armed.slice(0, 999)) heap.disarm(deadline);
  expect(heap.size).toBe(1);
  expect(heap.popDue(999)).toBe(999);
  for (const deadline of armed) heap.disarm(deadline);
  expect(heap.next()).toBeUndefined();
});

test("a deadline of another heap is not disarmed here", () => {
  const one = new Deadlines<string>();
  const other = new Deadlines<string>();
  other.arm(1, "kept");
  other.disarm(one.arm(1, "foreign"));
  expect([one.size, other.size]).toEqual([1, 1]);
});

test("the entry that fills a gap rises when its new parent is later", () => {
  const heap = new Deadlines<number>();
  const armed = new Map([1, 10, 2, 11, 12, 3, 4].map((at) => [at, heap.arm(at, at)]));
  const gap = armed.get(11);
  if (gap !== undefined) heap.disarm(gap);
  expect(Array.from({ length: 6 }, () => heap.popDue(99))).toEqual([1, 2, 3, 4, 10, 12]);
});

test("any mix of arming, disarming and popping behaves as a sorted list", () => {
  const command = fc.tuple(fc.constantFrom("arm", "disarm", "pop"), fc.nat(50));
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const heap = new Deadlines<number>();
      const model: { at: number; order: number; handle: ReturnType<typeof heap.arm> }[] = [];
      const byTime = (a: { at: number; order: number }, b: { at: number; order: number }) =>
        a.at - b.at || a.order - b.order;
      commands.forEach(([kind, value], order) => {
        if (kind === "arm") model.push({ at: value, order, handle: heap.arm(value, order) });
        else if (kind === "disarm" && model.length > 0) {
          const [gone] = model.splice(value % model.length, 1);
          if (gone !== undefined) heap.disarm(gone.handle);
        } else if (kind === "pop") {
          model.sort(byTime);
          const due = model[0] !== undefined && model[0].at <= value ? model.shift() : undefined;
          expect(heap.popDue(value)).toBe(due?.order);
        }
        model.sort(byTime);
        expect([heap.size, heap.next()]).toEqual([model.length, model[0]?.at]);
      });
    }),
  );
});
