/** Runs the stages of `npm test`, see stages.ts; the last line is the sum: `312 passed, 0 failed`. Run by test/run. */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { phases, reports, type Stage, testStage } from "./stages.ts";
import { add, failedFiles, failures, type Outcome, only, readReport, without, words } from "./support/report.ts";

/** What hangs must not hang the machine that waits for the result. */
const longestStageMs = 1_200_000;
/** For what runs behind: whoever else wants a processor has it. */
const leastPriority = ["nice", "-n", "19"] as const;

type Place = "front" | "behind";

/** Runs it to its end. What one behind says is shown then, and what one in front says at once. @returns its exit code */
function run(command: readonly string[], place: Place): Promise<number | null> {
  const [program = "", ...args] = [...(place === "behind" ? leastPriority : []), process.execPath, ...command];
  const child = spawn(program, args, {
    stdio: place === "front" ? "inherit" : ["ignore", "pipe", "pipe"],
    timeout: longestStageMs,
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => said.push(part));
  return new Promise((end, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(said));
      end(code);
    });
  });
}

async function outcomeOf(stage: Stage, place: Place): Promise<Outcome> {
  const began = performance.now();
  if (place === "front") console.log(`\n== ${stage.name}`);
  const status = await run([...stage.command, ...(flags.length > 0 ? flags : (stage.short ?? []))], place);
  const outcome = readOutcome(stage, status === 0);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  lines.push(`== ${stage.name}: ${words(outcome)}, ${seconds} s${place === "front" ? "" : ", behind"}`);
  console.log(lines.at(-1));
  return outcome;
}

function readOutcome({ report }: Stage, fine: boolean): Outcome {
  if (report === undefined) return only(fine ? { passed: 1 } : { failed: 1 });
  const counted = readReport(report);
  // A file that cannot even be loaded, or a crash of the runner, fails no single test.
  return !fine && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/** One after the other. */
async function runAll(stages: readonly Stage[], place: Place): Promise<void> {
  for (const stage of stages.filter(isWanted)) outcomes.set(stage, await outcomeOf(stage, place));
}

/** A second look, with nothing beside it, at what may have failed for want of a processor. It is said in the sum. */
async function runAgain(stage: Stage): Promise<void> {
  const first = outcomes.get(stage);
  if (first === undefined || first.failed === 0 || stage.again === undefined) return;
  const again = failedFiles(stage.report ?? "", stage.again);
  if (again === undefined) return;
  secondRuns.push(...again.files);
  const alone = testStage(`${stage.name}-again`, "--no-file-parallelism", ...again.files);
  outcomes.set(stage, add(without(first, again.counted), await outcomeOf(alone, "front")));
}

function isWanted({ name, when }: Stage): boolean {
  if (chosen.length > 0) return chosen.includes(name);
  return when === "always" || (when === "everything" && everything);
}

const everything = process.env.RINGFENCE_TEST_ALL === "1";
const args = process.argv.slice(2);
const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
const flags = firstFlag < 0 ? [] : args.slice(firstFlag);
const chosen = firstFlag < 0 ? args : args.slice(0, firstFlag);
const names = phases.flatMap(({ front, behind }) => [...front, ...behind]).map(({ name }) => name);
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(", ")}. Stages: ${names.join(", ")}`);
  process.exit(2);
}
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const outcomes = new Map<Stage, Outcome>();
const lines: string[] = [];
const secondRuns: string[] = [];
for (const { front, behind } of phases) {
  await Promise.all([runAll(front, "front"), runAll(behind, "behind")]);
  for (const stage of front) await runAgain(stage);
}
const sum = [...outcomes.values()].reduce(add, only({}));
// The machine that is meant to run everything must not pass by skipping.
const failed = sum.failed + (everything ? sum.skipped : 0);
if (lines.length > 1) console.log(`\n${lines.join("\n")}`);
const broken = [...outcomes].flatMap(([{ report }, { failed }]) => (failed > 0 && report ? failures(report) : []));
if (broken.length > 0) console.log(`\nfailed:\n${broken.join("\n")}`);
if (secondRuns.length > 0) console.log(`\nneeded a second run: ${secondRuns.join(", ")}`);
console.log(`\n${words({ ...sum, failed })}`);
process.exitCode = failed === 0 ? 0 : 1;
