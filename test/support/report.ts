/** What a stage of `npm test` came to, read from the runner's own report. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export function only(part: Partial<Outcome>): Outcome {
  return { passed: 0, failed: 0, skipped: 0, ...part };
}

export function add(a: Outcome, b: Outcome): Outcome {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

export function without(a: Outcome, b: Outcome): Outcome {
  return { passed: a.passed - b.passed, failed: a.failed - b.failed, skipped: a.skipped - b.skipped };
}

export function words({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

export function readReport(file: string): Outcome {
  try {
    const report = read(file);
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return only({ failed: 1 });
  }
}

/** A line for each test that failed, and for each file that could not even be loaded: what was claimed and what was said. */
export function failures(file: string): readonly string[] {
  try {
    return read(file)
      .testResults.filter(({ status }) => status === "failed")
      .flatMap(({ name, message, assertionResults }) => {
        const tests = assertionResults.filter(({ status }) => status === "failed");
        const said = tests.map(({ fullName, failureMessages }) => `${fullName}: ${firstLine(failureMessages[0])}`);
        return (said.length > 0 ? said : [firstLine(message)]).map((one) => `${relative(process.cwd(), name)}: ${one}`);
      });
  } catch (error) {
    return [`${file}: ${firstLine(String(error))}`];
  }
}

const firstLine = (text = ""): string => text.split("\n", 1)[0] ?? "";

/** More than this did not fail for want of a processor. */
const mostFiles = 2;

/**
 * The failed files, when there are few and all of them may be run again, and what was counted for them. Files with sockets,
 * processes and disks keep real time, and so do the programs that they talk to: on a machine that is busy with something else
 * one of them may starve. A defect of ours fails the second run too, and so does what is wrong by chance, often enough: a file
 * that needed one is named in the sum, and is to be looked into. A file that is pure has no second run.
 */
export function failedFiles(
  report: string,
  mayAgain: (file: string) => boolean,
): { readonly files: readonly string[]; readonly counted: Outcome } | undefined {
  const { numFailedTests, testResults } = read(report);
  const failed = testResults.filter((file) => file.status === "failed");
  const files = failed.map((file) => relative(process.cwd(), file.name));
  if (files.length === 0 || files.length > mostFiles || !files.every(mayAgain)) return undefined;
  const statuses = failed.flatMap((file) => file.assertionResults.map((result) => result.status));
  const count = (status: string): number => statuses.filter((one) => one === status).length;
  const [passed, broken] = [count("passed"), count("failed")];
  // A file whose set-up failed has no failed test and counts as one.
  return {
    files,
    counted: { passed, failed: numFailedTests === 0 ? 1 : broken, skipped: statuses.length - passed - broken },
  };
}

function read(file: string): Report {
  return JSON.parse(readFileSync(file, "utf8")) as Report;
}
