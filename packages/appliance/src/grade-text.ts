/** How a grade is shown, and what its exit code says: the same for `audit` and `probe`. */
import { findingsOf, type Grade, type Severity, type Style, severities } from "@ringfence/grade";
import { RingfenceError } from "@ringfence/policy";
import { type ExitCode, exitCodes } from "./failures.ts";
import { cleanText } from "./logs/clean-text.ts";
import type { Terminal } from "./terminal.ts";

const urgent: readonly Severity[] = ["critical", "high"];

export function gradeStyle(terminal: Pick<Terminal, "bold" | "tinted">): Style {
  return {
    bold: (text) => terminal.bold(text),
    severity: (severity, text) => terminal.tinted(urgent.includes(severity) ? "bad" : "strong", text),
    clean: cleanText,
  };
}

/** @throws RingfenceError `bad-option` */
export function readSeverity(text: string): Severity {
  const found = severities.find((one) => one === text);
  if (found !== undefined) return found;
  const remedy = `One of ${severities.join(", ")}.`;
  throw new RingfenceError("bad-option", `--fail-on ${text}: there is no such severity`, remedy);
}

/** 1 when something is as bad as that, or worse. */
export function exitCodeOfGrade(graded: Grade, failOn: Severity): ExitCode {
  const counted = severities.slice(0, severities.indexOf(failOn) + 1);
  return findingsOf(graded).some(({ severity }) => counted.includes(severity)) ? exitCodes.differs : exitCodes.ok;
}
