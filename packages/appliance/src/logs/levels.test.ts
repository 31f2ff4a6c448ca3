import { expect, test } from "vitest";
import { LogLevels } from "./levels.ts";

/** Work that is due when somebody says so. */
function withClock(setting: ConstructorParameters<typeof LogLevels>[0]) {
  let now = 1_000;
  const due: { at: number; work: () => void }[] = [];
  const levels = new LogLevels(
    setting,
    () => now,
    (ms, work) => {
      const entry = { at: now + ms, work };
      due.push(entry);
      return () => void due.splice(due.indexOf(entry), 1);
    },
  );
  const pass = (ms: number): void => {
    now += ms;
    for (const { work } of due.filter(({ at }) => at <= now)) work();
  };
  return { levels, pass };
}

test("one word holds for every area, and a line below it is not written", () => {
  const { levels } = withClock("info");
  expect([levels.writes("info", "call"), levels.writes("debug", "call")]).toEqual([true, false]);
});

test("an area has its own level, the others the default", () => {
  const { levels } = withClock({ default: "warn", trunk: "debug" });
  expect(levels.writes("debug", "trunk")).toBe(true);
  expect(levels.writes("info", "call")).toBe(false);
  expect(levels.writes("warn", "call")).toBe(true);
});

test("what nobody knows the area of is about the process", () => {
  const { levels } = withClock({ default: "error", process: "debug" });
  expect(levels.writes("debug", "something-new")).toBe(true);
});

test("a change holds for its time and goes back by itself", () => {
  const { levels, pass } = withClock("info");
  levels.change(["trunk"], "debug", 600_000);
  expect(levels.writes("debug", "trunk")).toBe(true);
  expect(levels.writes("debug", "call")).toBe(false);
  expect(levels.list().find(({ area }) => area === "trunk")).toEqual({ area: "trunk", level: "debug", until: 601_000 });
  pass(599_999);
  expect(levels.writes("debug", "trunk")).toBe(true);
  pass(1);
  expect(levels.writes("debug", "trunk")).toBe(false);
  expect(levels.list().find(({ area }) => area === "trunk")).toEqual({
    area: "trunk",
    level: "info",
    until: undefined,
  });
});

test("a second change takes the place of the first, its time too", () => {
  const { levels, pass } = withClock("info");
  levels.change(["media"], "debug", 1_000);
  levels.change(["media"], "error", 10_000);
  pass(1_000);
  expect(levels.writes("warn", "media.refused")).toBe(false);
  pass(9_000);
  expect(levels.writes("warn", "media.refused")).toBe(true);
});

test("a reload brings the levels of the file, and ends no change that somebody asked for", () => {
  const { levels, pass } = withClock("info");
  levels.change(["trunk"], "debug", 1_000);
  levels.apply({ default: "error", call: "debug" });
  expect(levels.writes("debug", "call")).toBe(true);
  expect(levels.writes("warn", "registration")).toBe(false);
  expect(levels.writes("debug", "trunk")).toBe(true);
  pass(1_000);
  expect(levels.writes("warn", "trunk")).toBe(false);
});

test("what ends the process is written whatever the level", () => {
  expect(withClock("error").levels.writes("fatal", "fatal")).toBe(true);
});
