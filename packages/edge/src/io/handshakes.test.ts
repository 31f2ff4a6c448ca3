import { expect, test } from "vitest";
import { Handshakes, type Waiting } from "./handshakes.ts";

/** Turns of an event loop that the test takes one by one. */
function loop(held: ReadonlyMap<string, number> = new Map()) {
  const steps: (() => void)[] = [];
  const begun: string[] = [];
  const gone: string[] = [];
  const handshakes = new Handshakes({
    later: (step) => void steps.push(step),
    held: (source) => held.get(source) ?? 1,
  });
  const turn = (times = 1): void => {
    for (let i = 0; i < times; i++) for (const step of steps.splice(0)) step();
  };
  const come = (source: string, name = source): Waiting => {
    const one = { source, begin: () => void begun.push(name), giveWay: () => void gone.push(name) };
    handshakes.wait(one);
    return one;
  };
  return { handshakes, begun, gone, turn, come, steps };
}

test("threat L10: one handshake is begun in a turn of the event loop", () => {
  const { come, turn, begun } = loop();
  for (const source of ["a", "b", "c"]) come(source);
  expect(begun).toEqual([]);
  const seen = [1, 2, 3, 4].map(() => {
    turn();
    return begun.length;
  });
  expect(seen).toEqual([1, 2, 3, 3]);
});

test("threat L10: who holds least comes first, and among equals who came first", () => {
  const { come, turn, begun } = loop(new Map([["many", 50]]));
  come("many", "many 1");
  come("many", "many 2");
  come("few");
  come("other");
  turn(10);
  expect(begun).toEqual(["few", "other", "many 1", "many 2"]);
});

test("threat L10: while connections go on coming thirty-two are taken for each handshake", () => {
  const { handshakes, come, turn, begun } = loop();
  for (let i = 0; i < 20; i++) come(`s${i}`);
  const after = (turns: number): number => {
    for (let i = 0; i < turns; i++) {
      handshakes.arrived();
      turn();
    }
    return begun.length;
  };
  expect([after(31), after(1), after(31), after(1)]).toEqual([0, 1, 1, 2]);
  // Nobody comes any more: one a turn.
  turn(3);
  expect(begun.length).toBe(5);
});

test("threat L10: sixteen of a source are under way, the others of it wait, and other sources do not", () => {
  const { handshakes, come, turn, begun } = loop();
  const all = Array.from({ length: 20 }, (_, i) => come("office", `office ${i}`));
  come("phone");
  turn(100);
  expect([handshakes.underWay, begun.filter((name) => name !== "phone").length]).toEqual([17, 16]);
  const [first] = all;
  if (first !== undefined) handshakes.over(first);
  turn(2);
  expect(begun.at(-1)).toBe("office 16");
});

test("threat L10: 512 are under way; a source that has fewer gets the place of one that has most", () => {
  const { handshakes, come, turn, begun, gone } = loop();
  for (let i = 0; i < 512; i++) come(`s${i >> 4}`, `s${i >> 4} ${i}`);
  turn(1_000);
  expect([handshakes.underWay, gone.length]).toEqual([512, 0]);
  const phone = come("phone");
  turn();
  expect([begun.at(-1), gone, handshakes.underWay]).toEqual(["phone", ["s0 0"], 512]);
  handshakes.over(phone);
  expect(handshakes.underWay).toBe(511);
});

test("threat L10: who has gone gets no turn, and nothing turns for nobody", () => {
  const { handshakes, come, turn, begun, steps } = loop();
  handshakes.over(come("gone"));
  come("here");
  turn(5);
  expect([begun, steps.length]).toEqual([["here"], 0]);
});
