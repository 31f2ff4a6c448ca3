/** The stages of `npm test`, in order; the last line is the sum: `312 passed, 0 failed`. Run by test/run. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

interface Stage {
  readonly name: string;
  /** A script below node_modules and its arguments; run by the same Node that runs this. */
  readonly command: readonly string[];
  /** vitest stages report each test; the others count as one. */
  readonly report?: string;
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const reports = ".state/test";
const vitest = "vitest/vitest.mjs";

function testStage(name: string, folders: readonly string[], ...flags: readonly string[]): Stage {
  const report = join(reports, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return { name, report, command: [vitest, "run", "--passWithNoTests", ...reporters, ...flags, ...folders] };
}

const stages: readonly Stage[] = [
  { name: "lint", command: ["@biomejs/biome/bin/biome", "ci", ...(process.stdout.isTTY ? [] : ["--colors=off"]), "."] },
  { name: "types", command: ["typescript/bin/tsc", "-p", "tsconfig.base.json"] },
  { name: "dead code", command: ["knip/bin/knip.js"] },
  testStage("unit", ["packages/"]),
  testStage("rules", [
    "test/architecture",
    "test/conformance",
    "test/golden",
    "test/security",
    "test/support",
    "test/pbx",
  ]),
  // These open real sockets and start real programs: one file after the other, so that they do not slow each other down.
  testStage("whole", ["test/integration", "test/interop"], "--no-file-parallelism"),
];

function run(stage: Stage): Outcome {
  const [script = "", ...args] = stage.command;
  const { status } = spawnSync(process.execPath, [join("node_modules", script), ...args], { stdio: "inherit" });
  if (stage.report === undefined) return status === 0 ? only({ passed: 1 }) : only({ failed: 1 });
  const counted = readReport(stage.report);
  // A file that cannot even be loaded, or a crash of the runner, fails no single test.
  return status !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

function readReport(file: string): Outcome {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    return only({
      passed: Number(report.numPassedTests),
      failed: Number(report.numFailedTests),
      skipped: Number(report.numPendingTests) + Number(report.numTodoTests),
    });
  } catch {
    return only({ failed: 1 });
  }
}

function only(part: Partial<Outcome>): Outcome {
  return { passed: 0, failed: 0, skipped: 0, ...part };
}

function add(a: Outcome, b: Outcome): Outcome {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(", ")}. Stages: ${stages.map((stage) => stage.name).join(", ")}`);
  process.exit(2);
}
let sum = only({});
for (const stage of stages.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
  console.log(`\n== ${stage.name}`);
  const began = performance.now();
  const outcome = run(stage);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const skipped = outcome.skipped === 0 ? "" : `, ${outcome.skipped} skipped`;
  console.log(`== ${stage.name}: ${outcome.passed} passed, ${outcome.failed} failed${skipped}, ${seconds} s`);
  sum = add(sum, outcome);
}
// The machine that is meant to run everything must not pass by skipping.
const failed = sum.failed + (process.env.RINGFENCE_TEST_ALL === "1" ? sum.skipped : 0);
console.log(`\n${sum.passed} passed, ${failed} failed${sum.skipped === 0 ? "" : `, ${sum.skipped} skipped`}`);
process.exitCode = failed === 0 ? 0 : 1;
