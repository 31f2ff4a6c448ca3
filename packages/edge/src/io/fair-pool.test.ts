import { expect, test } from "vitest";
import { FairPool } from "./fair-pool.ts";

function pool(...held: readonly string[]): FairPool<string> {
  const made = new FairPool<string>();
  for (const holder of held) made.add(holder.charAt(0), holder);
  return made;
}

test("the oldest of the source that holds most gives its place", () => {
  expect(pool("a1", "b1", "b2", "b3", "c1", "c2").victimFor("d")).toBe("b1");
});

test("a source that holds some gets another one only where that makes them more even", () => {
  const full = pool("a1", "a2", "a3", "b1", "b2", "c1");
  expect(["a", "b", "c"].map((source) => full.victimFor(source))).toEqual([undefined, undefined, "a1"]);
});

test("where all hold one, the oldest goes", () => {
  const full = pool("a1", "b1", "c1");
  expect(full.victimFor("d")).toBe("a1");
  full.delete("a", "a1");
  expect(full.victimFor("d")).toBe("b1");
});

test("what is held is counted once, and what is given back twice is given back once", () => {
  const made = pool("a1", "a1", "a2");
  made.delete("a", "a1");
  made.delete("a", "a1");
  expect([made.size, made.held("a")]).toEqual([1, 1]);
  made.delete("a", "a2");
  expect([made.size, made.held("a"), made.victimFor("b")]).toEqual([0, 0, undefined]);
});

test("the fullest source is known after any number of steps", () => {
  const made = new FairPool<number>();
  const held: { readonly source: string; readonly holder: number }[] = [];
  for (let step = 0; step < 2_000; step++) {
    const gone = step % 3 === 2 ? held.splice((step * 7) % held.length, 1)[0] : undefined;
    if (gone !== undefined) made.delete(gone.source, gone.holder);
    else {
      const one = { source: `s${(step * step) % 13}`, holder: step };
      held.push(one);
      made.add(one.source, one.holder);
    }
    const counts = new Map<string, number>();
    for (const { source } of held) counts.set(source, (counts.get(source) ?? 0) + 1);
    const victim = made.victimFor("new");
    const source = held.find(({ holder }) => holder === victim)?.source ?? "";
    expect(counts.get(source)).toBe(Math.max(...counts.values()));
    expect(victim).toBe(held.find((one) => one.source === source)?.holder);
  }
});
