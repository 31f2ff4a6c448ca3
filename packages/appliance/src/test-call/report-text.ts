/** A test call for a person: a line a step, and what to do where it went wrong. */
import { cleanText } from "../logs/clean-text.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { TestCallReport } from "./order.ts";

export function reportLines(report: TestCallReport, terminal: Pick<Terminal, "tinted">): readonly string[] {
  const rows = report.steps.map(({ step, ok, said, took }) => [
    step,
    ok ? "ok" : "FAILED",
    `${took} ms`,
    cleanText(said, 300),
  ]);
  const remedy = report.steps.find(({ ok }) => !ok)?.remedy;
  const lines = table(["step", "", "took", "what was met"], rows);
  const verdict = report.ok
    ? terminal.tinted("good", "The test call works.")
    : terminal.tinted("bad", "The test call failed.");
  return [...lines, "", remedy === undefined ? verdict : `${verdict} ${remedy}`];
}
