import { expect, test } from "vitest";
import { Watchdog } from "./watchdog.ts";

test("a call without media for the limit is named once", () => {
  const dog = new Watchdog();
  dog.watch("c1", false, 0);
  dog.onMedia("c1", 1000);
  expect(dog.silent(60_999, 60_000)).toEqual([]);
  expect(dog.silent(61_000, 60_000)).toEqual(["c1"]);
  expect(dog.silent(99_000, 60_000)).toEqual([]);
});

test("a call on hold may be silent; resumed, its silence starts from zero", () => {
  const dog = new Watchdog();
  dog.watch("c1", true, 0);
  expect(dog.silent(1_000_000, 60_000)).toEqual([]);
  dog.watch("c1", false, 1_000_000);
  expect(dog.silent(1_059_999, 60_000)).toEqual([]);
  expect(dog.silent(1_060_000, 60_000)).toEqual(["c1"]);
});

test("a call that ended is not named, and a limit of 0 names none", () => {
  const dog = new Watchdog();
  dog.watch("c1", false, 0);
  dog.watch("c2", false, 0);
  dog.forget("c1");
  expect(dog.silent(1e9, 0)).toEqual([]);
  expect(dog.silent(1e9, 1)).toEqual(["c2"]);
});
