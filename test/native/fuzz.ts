/**
 * `npm run fuzz:native [-- --seconds N] [--target NAME]`: every packages/NAME/native/fuzz/TARGET.cc under libFuzzer with AddressSanitizer and
 * UndefinedBehaviorSanitizer, N seconds each (default 60), as many at a time as there are processors. What one finds is kept in
 * test/fuzz/corpus/native-TARGET-*, and tried first in every later run. Ends with 1 when one found something.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import {
  bindings,
  clang,
  clangRuntime,
  fuzzTargets,
  objectsOf,
  root,
  run,
  sanitizerFlags,
  sources,
  strictFlags,
} from "./compile.ts";

const findings = join(root, "test/fuzz/corpus");
/** Inputs that reached something new, kept between runs. */
const reached = join(root, ".state/native/corpus");
const longestInput = 4096;
const mostShown = 20_000;
/** `#70740  DONE   cov: 287 ft: 1027 corp: 195/5637b ...`: executions, edges of the code that were reached. */
const summary = /^#(\d+)\s+DONE\s+cov: (\d+)/m;

/** The program of a target: its own file, its package's sources and those of node-srtp, which every package may use. No Node.js. */
async function build(target: string): Promise<string> {
  const flags = [...strictFlags, ...sanitizerFlags, "-fsanitize=fuzzer-no-link"];
  const folders = [dirname(dirname(target)), join(root, "packages/node-srtp/native")];
  const linked = sources.filter((file) => folders.includes(dirname(file)) && !bindings.includes(file));
  const objects = await objectsOf([...linked, target], clang, flags);
  const program = join(root, ".state/native", `fuzz-${nameOf(target)}`);
  const libraries = ["-lssl", "-lcrypto", "-pthread"];
  await run(clang, [...sanitizerFlags, "-fsanitize=fuzzer", ...objects, ...libraries, "-o", program], "linking");
  return program;
}

function nameOf(target: string): string {
  return basename(target, ".cc");
}

/** The octets that once broke the target, each alone; then fresh ones for the time given. */
async function fuzz(target: string, program: string, seconds: number): Promise<boolean> {
  const name = nameOf(target);
  mkdirSync(findings, { recursive: true });
  const corpus = join(reached, name);
  mkdirSync(corpus, { recursive: true });
  const known = readdirSync(findings).filter((file) => file.startsWith(`native-${name}-`));
  if (
    known.length > 0 &&
    !(await ends(
      program,
      known.map((file) => join(findings, file)),
    ))
  )
    return false;
  return ends(program, [
    `-max_total_time=${seconds}`,
    `-max_len=${longestInput}`,
    // Far more than the slowest takes: the clock runs on while a busy machine does something else.
    "-timeout=60",
    "-report_slow_units=60",
    "-rss_limit_mb=1024",
    `-artifact_prefix=${join(findings, `native-${name}-`)}`,
    corpus,
  ]);
}

/** True when it ends with 0; else what it said is shown. */
function ends(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      said = (said + text).slice(-mostShown);
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const [, executed, edges] = summary.exec(said) ?? [];
      const found = code === 0 ? "no finding" : `FOUND SOMETHING, ended with ${code}\n${said}`;
      if (executed !== undefined || code !== 0) {
        console.log(`${basename(program)}: ${executed ?? 0} executions, ${edges ?? 0} edges reached, ${found}`);
      }
      resolve(code === 0);
    });
  });
}

const { values } = parseArgs({ options: { seconds: { type: "string" }, target: { type: "string" } } });
if (clangRuntime("fuzzer") === undefined || !existsSync("/usr/include/openssl/ssl.h")) {
  console.error(
    "clang with libFuzzer, or OpenSSL's headers, are not installed (apt-get install clang libclang-rt-14-dev libssl-dev)",
  );
  process.exit(2);
}
const chosen = fuzzTargets.filter((target) => values.target === undefined || nameOf(target) === values.target);
if (chosen.length === 0) {
  console.error(`no such target. Targets: ${fuzzTargets.map(nameOf).join(", ")}`);
  process.exit(2);
}
const programs: [string, string][] = [];
for (const target of chosen) programs.push([target, await build(target)]);
let fine = true;
const worker = async (): Promise<void> => {
  for (let next = programs.shift(); next !== undefined; next = programs.shift()) {
    fine = (await fuzz(...next, Number(values.seconds ?? 60))) && fine;
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
process.exitCode = fine ? 0 : 1;
