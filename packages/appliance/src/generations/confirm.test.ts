/** Reloads that wait for their confirmation, and ways back. */
import { expect, test } from "vitest";
import type { Loaded } from "../loading.ts";
import { asked, eachWithBench, first, loaded, type ReloadBench } from "../reload-bench.ts";

let bench: ReloadBench;
eachWithBench((made) => {
  bench = made;
});

const second = loaded("b", { policy: { limits: { calls: 20 } } });

test("a reload that is not confirmed goes back by itself", async () => {
  const report = await bench.take(second, 300_000);
  expect(report).toMatchObject({ outcome: "applied", generation: 2, confirmUntil: "1970-01-01T00:05:00.000Z" });
  expect(bench.reloader.confirmUntil).toBe("1970-01-01T00:05:00.000Z");
  const [[ms, work] = [0, () => undefined]] = bench.waiting.splice(0);
  expect(ms).toBe(300_000);
  work();
  // Behind what the clock began.
  bench.next = async () => first;
  await bench.reloader.reload(asked);
  expect(bench.reports.map(({ why, outcome, generation }) => [why, outcome, generation])).toEqual([
    ["reload", "applied", 2],
    ["not-confirmed", "applied", 3],
    ["reload", "unchanged", 3],
  ]);
  expect(bench.reloader.inForce).toBe(first);
  expect(bench.reloader.confirmUntil).toBeUndefined();
  expect(bench.history.generations.map(({ confirmed }) => confirmed)).toEqual([true, false, true]);
});

test("a confirmed one stays, and there is nothing more to confirm", async () => {
  await bench.take(second, 60_000);
  expect(await bench.reloader.confirm()).toBe(2);
  expect(bench.waiting).toEqual([]);
  expect(bench.history.latest).toMatchObject({ number: 2, confirmed: true, by: "anna" });
  await expect(bench.reloader.confirm()).rejects.toThrow("no reload waits for a confirmation");
});

test("of two that wait one after the other, the last confirmed one is gone back to", async () => {
  await bench.take(second, 60_000);
  await bench.take(loaded("c"), 60_000);
  expect(bench.waiting).toHaveLength(1);
  await bench.reloader.rollback("anna");
  expect(bench.reloader.inForce).toBe(first);
  expect(bench.waiting).toEqual([]);
});

test("a reload without a wait confirms: there is nothing to go back to by itself", async () => {
  await bench.take(second, 60_000);
  await bench.take(loaded("c"));
  expect(bench.waiting).toEqual([]);
  expect(bench.reloader.confirmUntil).toBeUndefined();
});

test("a refused reload leaves a waiting one waiting", async () => {
  await bench.take(second, 60_000);
  bench.next = () => Promise.reject(new Error("broken"));
  expect(await bench.reloader.reload(asked)).toMatchObject({
    outcome: "refused",
    confirmUntil: "1970-01-01T00:01:00.000Z",
  });
  expect(bench.waiting).toHaveLength(1);
});

test("a reload of the same file confirms too, and one that asks for a wait begins it anew", async () => {
  await bench.take(second, 60_000);
  expect(await bench.take(second, 300_000)).toMatchObject({
    outcome: "unchanged",
    confirmUntil: "1970-01-01T00:05:00.000Z",
  });
  expect(bench.waiting.map(([ms]) => ms)).toEqual([300_000]);
  expect(await bench.take(second)).toMatchObject({ outcome: "unchanged", lines: ["confirmed"], confirmUntil: null });
  expect(bench.waiting).toEqual([]);
  expect(bench.history.latest).toMatchObject({ number: 2, confirmed: true });
});

test("a signal confirms nothing: a certificate that is renewed meanwhile does not keep out who is locked out", async () => {
  await bench.take(second, 60_000);
  bench.next = async () => loaded("b, renewed");
  const signal = { why: "signal", by: "" } as const;
  expect(await bench.reloader.reload(signal)).toMatchObject({
    outcome: "applied",
    confirmUntil: "1970-01-01T00:01:00.000Z",
  });
  expect(bench.history.latest).toMatchObject({ number: 3, confirmed: false });
  expect(bench.waiting).toHaveLength(1);
  bench.next = async () => first;
  expect(await bench.reloader.reload(signal)).toMatchObject({ outcome: "applied", confirmUntil: null });
  expect([bench.waiting, bench.history.latest?.confirmed]).toEqual([[], true]);
});

test("the time is over while a reload without a wait is on its way: that one stays", async () => {
  await bench.take(second, 60_000);
  const third = loaded("c");
  let arrive: (config: Loaded) => void = () => expect.unreachable();
  bench.next = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  const reload = bench.reloader.reload(asked);
  await Promise.resolve();
  bench.waiting[0]?.[1]();
  arrive(third);
  await reload;
  await expect(bench.reloader.confirm()).rejects.toThrow("no reload waits");
  expect(bench.reloader.inForce).toBe(third);
  expect(bench.reports.map(({ why }) => why)).toEqual(["reload", "reload"]);
});

test("a confirmation that comes while a reload is on its way is about what that one leaves", async () => {
  await bench.take(second, 60_000);
  bench.next = async () => loaded("c");
  const [report, generation] = await Promise.all([
    bench.reloader.reload({ ...asked, confirmMs: 60_000 }),
    bench.reloader.confirm(),
  ]);
  expect([report.generation, generation]).toEqual([3, 3]);
  expect(bench.history.generations.map(({ confirmed }) => confirmed)).toEqual([true, false, true]);
});

test("a way back that is blocked is tried again until it is free, and is never taken for a confirmation", async () => {
  await bench.take(second, 60_000);
  bench.failApply = new Error("the port is taken");
  bench.waiting.splice(0)[0]?.[1]();
  await bench.take(second, 60_000);
  expect(bench.reports.at(1)).toMatchObject({ why: "not-confirmed", outcome: "refused" });
  expect(bench.reloader.confirmUntil).toBeDefined();
  bench.failApply = undefined;
  bench.waiting.splice(0)[0]?.[1]();
  bench.next = async () => first;
  await bench.reloader.reload(asked);
  expect(bench.reloader.inForce).toBe(first);
});

test("what is tried stands in the history before it is taken over: a process that dies of it begins with the one before", async () => {
  const seen: (boolean | undefined)[] = [];
  bench.onApply = () => seen.push(bench.history.latest?.confirmed);
  await bench.take(second, 60_000);
  await bench.take(loaded("c"));
  expect(seen).toEqual([false, true]);
  bench.failApply = new Error("broken");
  await bench.take(loaded("d"), 60_000);
  expect(bench.history.generations.map(({ number }) => number)).toEqual([1, 2, 3]);
});

test("a rollback loads what served before, by its text, and is a generation of its own", async () => {
  await bench.take(second);
  bench.next = async (text) => (text === "# a" ? first : expect.unreachable(text));
  const report = await bench.reloader.rollback("otto");
  expect(report).toMatchObject({ outcome: "applied", why: "rollback", generation: 3 });
  expect(report.lines).toEqual(["policy.limits.calls: 20 -> 500"]);
  expect(bench.history.latest).toMatchObject({ why: "rollback", by: "otto" });
});

test("a rollback to a number takes that one; one that is not kept is refused", async () => {
  await bench.take(second);
  await bench.take(loaded("c"));
  bench.next = async (text) => (text === "# a" ? first : expect.unreachable(text));
  expect(await bench.reloader.rollback("otto", 1)).toMatchObject({ outcome: "applied", generation: 4 });
  const report = await bench.reloader.rollback("otto", 99);
  expect(report).toMatchObject({ outcome: "refused", generation: 4 });
  expect(report.lines[0]).toContain("generation 99 is not kept");
});

test("with nothing before it a rollback is refused", async () => {
  expect((await bench.reloader.rollback("otto")).lines[0]).toContain("there is no earlier configuration");
});

test("a preview says what a reload would change, and changes nothing", async () => {
  bench.next = async () => second;
  expect((await bench.reloader.preview()).changes).toEqual(["policy.limits.calls: 500 -> 20"]);
  expect((await bench.reloader.preview(async () => first)).changes).toEqual([]);
  expect([bench.reloader.inForce, bench.reloader.generation, bench.applied]).toEqual([first, 1, []]);
});

test("after a restart with the same file the generation keeps its number", () => {
  expect(bench.start(first).generation).toBe(1);
  expect(bench.start(second).generation).toBe(2);
});
