/** Threat L9, the program that reloads ten thousand times (test/bench/reloads.ts), with a dozen: it must be there when it is wanted. */
import { afterAll, beforeAll, expect } from "vitest";
import { Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";

const scenario = laboratoryTest();
let laboratory: Laboratory;

beforeAll(() => {
  if (scenario.available) laboratory = Laboratory.open("reload-bench");
});
afterAll(() => laboratory?.close());

scenario("a dozen reloads under calls: none is refused, no call fails and no connection is dropped", async () => {
  const args = [`${repository}/test/bench/reloads.ts`, "12", "5"];
  const bench = laboratory.run("ringfence", "reloads", { command: process.execPath, args, cwd: repository });
  expect(await bench.ended).toBe(0);
  expect(bench.output).toContain("12 reloads in");
  expect(bench.output).toContain("0 refused");
  expect(bench.output).toContain("0 failed; 0 of 50 connections dropped");
});
