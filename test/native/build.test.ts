/** packages/native/build.sh: builds when it can, says why when it cannot, never stands in the way of a start. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findProgram, outsideProgram } from "../support/outside-program.ts";
import { root } from "./compile.ts";

let checkout: string;

/** A checkout with nothing in it but what a build reads: one small source. */
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "ringfence-build-"));
  for (const file of ["package.json", "packages/native/build.sh", "packages/native/addon/binding.gyp"]) {
    cpSync(join(root, file), join(checkout, file));
  }
  symlinkSync(join(root, "packages/native/node_modules"), join(checkout, "packages/native/node_modules"));
  mkdirSync(join(checkout, "packages/node-srtp/native"), { recursive: true });
  write(
    "packages/native/addon/module.cc",
    "#include <node_api.h>\nNAPI_MODULE_INIT() { (void)env; return exports; }\n",
  );
  write("packages/node-srtp/native/some.cc", "int some();\nint some() { return 1; }\n");
  write("packages/node-srtp/native/some.h", "");
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(join(checkout, file), text);
}

/** What a start does. `programs`: all that its PATH has besides what every shell script uses; undefined for the machine's own PATH. */
function start(programs?: readonly string[]): { readonly status: number | null; readonly said: string } {
  const script = 'set -eu; ringfence_root=$1; ringfence_node=$2; . "$1/packages/native/build.sh"; echo started';
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script, "sh", checkout, process.execPath], {
    encoding: "utf8",
    env: { ...process.env, CXX: "", PATH: programs === undefined ? process.env.PATH : folderOf(programs) },
  });
  expect(stdout).toBe("started\n");
  return { status, said: stderr };
}

function folderOf(programs: readonly string[]): string {
  const folder = mkdtempSync(join(checkout, "bin-"));
  const everyScript = ["cat", "cksum", "date", "dirname", "flock", "mkdir", "mv"];
  for (const program of [...everyScript, ...programs]) {
    const path = findProgram(program);
    if (path !== undefined) symlinkSync(path, join(folder, program));
  }
  return folder;
}

/** A machine that does other things as well may take its time to compile. */
const patience = 900_000;
const outcome = (): string => readFileSync(join(checkout, "packages/native/addon/build/outcome"), "utf8");
const addon = (): string => join(checkout, "packages/native/addon/build/Release/ringfence.node");

test.each([
  ["a compiler", [], "there is no C++ compiler"],
  ["make", ["g++", "clang++", "python3"], "make is not installed"],
  ["python3", ["g++", "clang++", "make"], "python3 is not installed"],
])("without %s a start goes on, and says why there is no native code, once", (_, programs, why) => {
  // Where there is no compiler at all, that is what is said.
  const expected = programs.some((name) => findProgram(name) !== undefined) ? why : "there is no C++ compiler";
  const first = start(programs);
  expect(first.status).toBe(0);
  expect(first.said.split("\n").filter((line) => line !== "")).toHaveLength(1);
  expect(first.said).toContain(`ringfence: no native code: ${expected}`);
  expect(outcome()).toContain(expected);
  expect(start(programs)).toEqual({ status: 0, said: "" });
});

test("without the headers of the runtime a start goes on", () => {
  const script = 'set -eu; ringfence_root=$1; ringfence_node=/nowhere/bin/node; . "$1/packages/native/build.sh"';
  const { status, stderr } = spawnSync("/bin/sh", ["-c", script, "sh", checkout], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(stderr).toContain("this Node.js runtime came without its headers");
});

const buildTest = outsideProgram("g++", "g++ make python3", () =>
  ["g++", "make", "python3"].every((program) => findProgram(program) !== undefined),
);

buildTest(
  "a compiler that appears is used, what is built is not built again, and a changed source is",
  () => {
    start([]);
    expect(start().said).toContain("built the native part");
    expect(existsSync(addon())).toBe(true);
    expect(start()).toEqual({ status: 0, said: "" });
    write("packages/node-srtp/native/some.h", "// changed\n");
    expect(start().said).toContain("built the native part");
  },
  patience,
);

buildTest(
  "a source that does not compile is no failed start, is not tried again, and its old addon does not count",
  () => {
    start();
    write("packages/node-srtp/native/some.cc", "this is not C++\n");
    const broken = start();
    expect(broken.said).toContain("no native code: the build failed; its log is in");
    expect(readFileSync(join(checkout, "packages/native/addon/build/build.log"), "utf8")).toContain("some.cc");
    expect(outcome()).not.toContain("built\n");
    expect(start()).toEqual({ status: 0, said: "" });
  },
  patience,
);
