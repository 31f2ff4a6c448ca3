/** The stages of `npm test`, in order; the last line is the sum: `312 passed, 0 failed`. Run by test/run. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { add, failedFiles, type Outcome, only, readReport, without, words } from "./support/report.ts";

interface Stage {
  readonly name: string;
  /** A script and its arguments, run from the root of the checkout by the same Node that runs this. */
  readonly command: readonly string[];
  /** Added when nothing else was asked for. */
  readonly short?: readonly string[];
  /** vitest stages report each test; the others count as one. */
  readonly report?: string;
  /** everything: only with RINGFENCE_TEST_ALL=1, or when asked for by name; asked: only by name. */
  readonly when: "always" | "everything" | "asked";
  /** The folder whose files may be run a second time: see report.ts. */
  readonly again?: string;
}

const reports = ".state/test";
/** The slowest is `whole`, on a machine with nothing else to do. What hangs must not hang the machine that waits for the result. */
const longestStageMs = 1_200_000;

function checkStage(name: string, script: string, ...args: readonly string[]): Stage {
  return { name, when: "always", command: [join("node_modules", script), ...args] };
}

function testStage(name: string, ...folders: readonly string[]): Stage {
  const report = join(reports, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return { name, when: "always", report, command: ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...folders] };
}

const stages: readonly Stage[] = [
  checkStage("lint", "@biomejs/biome/bin/biome", "ci", ...(process.stdout.isTTY ? [] : ["--colors=off"]), "."),
  checkStage("types", "typescript/bin/tsc", "-p", "tsconfig.base.json"),
  checkStage("dead code", "knip/bin/knip.js"),
  testStage("unit", "packages/"),
  testStage(
    "rules",
    ...["architecture", "conformance", "docs", "fuzz", "golden", "integration", "native", "pbx", "security"].map(
      testFolder,
    ),
  ),
  { name: "fuzz", when: "everything", command: ["test/fuzz/main.ts"] },
  { name: "sanitized", when: "everything", command: ["test/native/sanitized.ts"] },
  { name: "threads", when: "asked", command: ["test/native/threads.ts"] },
  { name: "fuzz native", when: "everything", command: ["test/native/fuzz.ts"], short: ["--seconds", "4"] },
  // Last, when nothing else keeps the processors busy: real sockets, real programs and real time.
  { ...testStage("whole", testFolder("interop")), again: testFolder("interop") },
];

function testFolder(name: string): string {
  return `test/${name}/`;
}

function run(stage: Stage, flags: readonly string[]): Outcome {
  const { status, error } = spawnSync(
    process.execPath,
    [...stage.command, ...(flags.length > 0 ? flags : (stage.short ?? []))],
    {
      stdio: "inherit",
      timeout: longestStageMs,
      // Compiled once for all the processes that tests are: half of what they cost.
      env: { ...process.env, NODE_COMPILE_CACHE: resolve("node_modules/.cache/ringfence") },
    },
  );
  if (error !== undefined) console.error(`${stage.name}: ${error.message}`);
  if (stage.report === undefined) return status === 0 ? only({ passed: 1 }) : only({ failed: 1 });
  const counted = readReport(stage.report);
  // A file that cannot even be loaded, or a crash of the runner, fails no single test.
  return status !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/** A stage, and a second look at what may have failed for want of a processor. It is said in the sum. */
function runTwice(stage: Stage, flags: readonly string[]): Outcome {
  const first = run(stage, flags);
  const again =
    first.failed > 0 && stage.again !== undefined ? failedFiles(stage.report ?? "", stage.again) : undefined;
  if (again === undefined) return first;
  console.log(`\n== ${stage.name}: a second run of ${again.files.join(", ")}`);
  secondRuns.push(...again.files);
  return add(without(first, again.counted), run(testStage(`${stage.name}-again`, ...again.files), flags));
}

const everything = process.env.RINGFENCE_TEST_ALL === "1";
const args = process.argv.slice(2);
const byItself = (stage: Stage): boolean => stage.when === "always" || (stage.when === "everything" && everything);
const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
const flags = firstFlag < 0 ? [] : args.slice(firstFlag);
const chosen = firstFlag < 0 ? args : args.slice(0, firstFlag);
const unknown = chosen.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(", ")}. Stages: ${stages.map((stage) => stage.name).join(", ")}`);
  process.exit(2);
}
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

let sum = only({});
const lines: string[] = [];
const secondRuns: string[] = [];
for (const stage of stages) {
  if (chosen.length === 0 ? !byItself(stage) : !chosen.includes(stage.name)) continue;
  console.log(`\n== ${stage.name}`);
  const began = performance.now();
  const outcome = runTwice(stage, flags);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  lines.push(`== ${stage.name}: ${words(outcome)}, ${seconds} s`);
  console.log(lines.at(-1));
  sum = add(sum, outcome);
}
// The machine that is meant to run everything must not pass by skipping.
const failed = sum.failed + (everything ? sum.skipped : 0);
if (lines.length > 1) console.log(`\n${lines.join("\n")}`);
if (secondRuns.length > 0) console.log(`\nneeded a second run: ${secondRuns.join(", ")}`);
console.log(`\n${words({ ...sum, failed })}`);
process.exitCode = failed === 0 ? 0 : 1;
