import { RingfenceError } from "@ringfence/policy";
import { expect, test } from "vitest";
import { runCli } from "../cli.ts";
import { readEnvironment } from "../environment.ts";
import { createLog } from "../logs/logger.ts";
import { logDesk } from "./log-desk.ts";

const outputs = [{ output: "standard output", state: "written" }];
function desk() {
  const log = createLog({ level: "info", mask: "off" }, undefined, { write: () => undefined });
  return { log, desk: logDesk(log, { list: () => outputs }) };
}

test("who asks is told the level of each area and where lines go, and nothing changes", () => {
  const answer = desk().desk.log({ command: "log" });
  expect(answer).toMatchObject({ levels: expect.arrayContaining([{ area: "trunk", level: "info" }]), outputs });
});

test("one area is changed, or all of them", () => {
  const { log, desk: asked } = desk();
  asked.log({ command: "log", change: { area: "trunk", level: "debug", forMs: 60_000 } });
  expect([log.levels.writes("debug", "trunk"), log.levels.writes("debug", "call")]).toEqual([true, false]);
  asked.log({ command: "log", change: { area: "all", level: "error", forMs: 60_000 } });
  expect([log.levels.writes("warn", "trunk"), log.levels.writes("warn", "call")]).toEqual([false, false]);
});

test("an area that does not exist is refused with those that do", () => {
  const change = { area: "trunks", level: "debug", forMs: 60_000 } as const;
  expect(() => desk().desk.log({ command: "log", change })).toThrow(RingfenceError);
});

test.each([
  [["log", "trunk"], "a level belongs behind the area"],
  [["log", "trunk", "loud"], "a level belongs behind the area"],
  [["log", "trunk", "debug", "--for", "2d"], "--for 2d is no time up to a day"],
] as const)("%j asks nobody and says what is wrong", async (args, problem) => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const plain = (text: string): string => text;
  const terminal = {
    out: say,
    err: say,
    problem: say,
    warning: say,
    bold: plain,
    tinted: (_: string, text: string) => text,
  };
  expect(await runCli(args, { environment: readEnvironment({}), terminal })).toBe(2);
  expect(said.join("\n")).toContain(problem);
});
