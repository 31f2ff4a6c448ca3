import { expect, test } from "vitest";
import type { Flow } from "../flow.ts";
import { Spill } from "./spill.ts";

const options = Buffer.from("OPTIONS");
const flow = (id: number): Flow => ({ id: String(id), reliable: false, side: "phone" }) as Flow;

/** Forty flows that send five hundred a second each, a machine that reads ten thousand, and a kernel that keeps what it is told. */
function after(spill: Spill, seconds: number, each = 500) {
  let state: { keep: number; flows: number; read: number; unread: number } = { keep: 1, flows: 0, read: 0, unread: 0 };
  for (let i = 0; i < seconds * 10; i++) {
    const comes = 4 * each * state.keep;
    const read = Math.min(1_000, comes);
    for (let left = 0; left < comes - read; left++) spill.note(flow(left % 40), options);
    const next = spill.sample(read, comes <= read);
    state = { keep: next?.keep ?? 1, flows: next?.flows.length ?? 0, read, unread: comes - read };
  }
  return state;
}

test("threat L12: within two seconds little is left unread, and the machine has all that it can read", () => {
  const { keep, flows, read, unread } = after(new Spill(), 2);
  expect([flows, Math.round(read), unread < 200, keep > 0.5, keep < 0.6]).toEqual([40, 1_000, true, true, true]);
});

test("threat L12: a pause of ours, or a moment in which little came, does not let the machine stand idle behind the filter", () => {
  const spill = new Spill();
  const { keep } = after(spill, 5);
  // Half of the time was taken from us, and what came meanwhile is left unread.
  for (let i = 0; i < 650; i++) spill.note(flow(i % 40), options);
  expect(spill.sample(500, false)?.keep).toBeGreaterThan(0.85 * keep);
  const before = after(spill, 1).keep;
  // All was read, and there was time for more: there is more at the next sample.
  expect(spill.sample(800, true)?.keep).toBeCloseTo(Math.min(1, 1.5 * before));
});

test("when less comes everybody is heard again within five seconds", () => {
  const spill = new Spill();
  after(spill, 10);
  expect(after(spill, 5, 10)).toMatchObject({ keep: 1, flows: 0 });
});

test("who is within what can be read, carriers and connections are never held back", () => {
  const spill = new Spill();
  expect(after(spill, 10, 240)).toMatchObject({ keep: 1, flows: 0 });
  for (let i = 0; i < 100; i++) {
    spill.note({ ...flow(1), reliable: true }, options);
    spill.note({ ...flow(2), side: "trunk" }, options);
    spill.note(flow(4), Buffer.from("INVITE"));
  }
  for (let i = 0; i < 3; i++) spill.note(flow(3), options);
  expect(spill.sample(1, true)).toBeUndefined();
});

test("however many forged sources say one thing each, only so many are counted until the next sample", () => {
  const spill = new Spill();
  const late = (): void => {
    for (let i = 0; i < 10; i++) spill.note(flow(99_999), options);
  };
  for (let i = 0; i < 10_000; i++) spill.note(flow(i), options);
  late();
  expect(spill.sample(1, true)).toBeUndefined();
  late();
  expect(spill.sample(1, false)?.flows.map(({ id }) => id)).toEqual(["99999"]);
});
