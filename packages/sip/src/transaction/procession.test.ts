import { expect, test } from "vitest";
import { Procession } from "./procession.ts";

/** Who would leave, one after the other. */
function order(procession: Procession<string>): readonly string[] {
  const found: string[] = [];
  for (let first = procession.first; first !== undefined; first = procession.first) {
    found.push(first);
    procession.delete(first);
  }
  return found;
}

test("the first is the one that came first of those that are left", () => {
  const procession = new Procession<string>();
  for (const member of ["a", "b", "c", "d", "e"]) procession.add(member);
  for (const member of ["a", "c", "e"]) procession.delete(member);
  procession.add("f");
  expect(procession.size).toBe(3);
  expect(order(procession)).toEqual(["b", "d", "f"]);
  expect([procession.size, procession.first]).toEqual([0, undefined]);
});

test("who comes twice keeps its place, and who is not there does not leave", () => {
  const procession = new Procession<string>();
  for (const member of ["a", "b", "a"]) procession.add(member);
  procession.delete("z");
  expect(procession.size).toBe(2);
  expect(order(procession)).toEqual(["a", "b"]);
  procession.add("c");
  expect(order(procession)).toEqual(["c"]);
});
