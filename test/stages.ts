/** The stages of `npm test`, and which of them run at the same time. Run by run.ts. */
import { join } from "node:path";
import { mayStarve } from "./projects.ts";

export interface Stage {
  readonly name: string;
  /** A script and its arguments, run from the root of the checkout by the same Node that runs this. */
  readonly command: readonly string[];
  /** Added when nothing else was asked for. */
  readonly short?: readonly string[];
  /** vitest stages report each test; the others count as one. */
  readonly report?: string;
  /** everything: only with RINGFENCE_TEST_ALL=1, or when asked for by name; asked: only by name. */
  readonly when: "always" | "everything" | "asked";
  /** Which of its files may be run a second time: see support/report.ts. */
  readonly again?: (file: string) => boolean;
}

/** Stages that run at the same time; the next phase begins when all of them have ended. */
export interface Phase {
  /** One after the other. */
  readonly front: readonly Stage[];
  /** One after the other as well, with what `front` leaves of the processors: most of its tests wait. */
  readonly behind: readonly Stage[];
}

/** What the runners of the stages write. */
export const reports = ".state/test";

const rules = ["architecture", "conformance", "docs", "fuzz", "golden", "integration", "kill", "pbx", "security"];

export const phases: readonly Phase[] = [
  {
    front: [
      checkStage("lint", "@biomejs/biome/bin/biome", "ci", ...(process.stdout.isTTY ? [] : ["--colors=off"]), "."),
      checkStage("types", "typescript/bin/tsc", "-p", "tsconfig.base.json"),
      checkStage("console types", "typescript/bin/tsc", "-p", "packages/admin/console/tsconfig.json"),
      checkStage("dead code", "knip/bin/knip.js"),
      { ...testStage("unit", "packages/"), again: mayStarve },
      { ...testStage("rules", ...rules.map(testFolder)), again: mayStarve },
    ],
    behind: [
      testStage("native", testFolder("native")),
      { name: "fuzz", when: "everything", command: ["test/fuzz/main.ts"] },
    ],
  },
  {
    front: [{ ...testStage("whole", "--project=whole"), again: mayStarve }],
    // Not beside `unit` and `rules`: these are the same files, and some have ports of their own.
    behind: [
      { name: "sanitized", when: "everything", command: ["test/native/sanitized.ts"] },
      { name: "threads", when: "asked", command: ["test/native/threads.ts"] },
      { name: "fuzz native", when: "everything", command: ["test/native/fuzz.ts"], short: ["--seconds", "4"] },
    ],
  },
  // Last, and one file after the other: nothing else may keep the processors busy.
  { front: [{ ...testStage("loaded", "--project=loaded"), again: mayStarve }], behind: [] },
];

function checkStage(name: string, script: string, ...args: readonly string[]): Stage {
  return { name, when: "always", command: [join("node_modules", script), ...args] };
}

export function testStage(name: string, ...what: readonly string[]): Stage {
  const report = join(reports, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return { name, when: "always", report, command: ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...what] };
}

function testFolder(name: string): string {
  return `test/${name}/`;
}
