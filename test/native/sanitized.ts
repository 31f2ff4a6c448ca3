/**
 * `npm run test:sanitized`, or `node test/native/sanitized.ts FILES`: every test of native code with an addon that watches its own memory (clang's AddressSanitizer
 * and UndefinedBehaviorSanitizer). A finding ends the process that had it, with a report, and fails its test file.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { clang, clangRuntime, objectsOf, root, run, sanitizedAddonFlags, sanitizerFlags, sources } from "./compile.ts";

/** Every test of what has native code, and the threats to media that are shown on sockets. */
const nativeSuite = [
  "packages/native/",
  "packages/node-srtp/",
  "packages/media/src/",
  "packages/edge/src/native-gate.test.ts",
  "packages/edge/src/io/udp.test.ts",
  "test/conformance/srtp-",
  "test/security/l01-",
  "test/security/l02-",
  "test/security/l03-",
];

async function build(): Promise<void> {
  const objects = await objectsOf(sources, clang, sanitizedAddonFlags);
  const folder = join(root, "packages/native/addon/sanitized");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "ringfence.node");
  await run(clang, ["-shared", "-shared-libsan", ...sanitizerFlags, ...objects, "-o", `${file}.part`], "linking");
  await run("mv", [`${file}.part`, file], file);
}

const runtime = clangRuntime("asan");
if (runtime === undefined) {
  console.error("clang with its sanitizers is not installed (apt-get install clang libclang-rt-14-dev)");
  process.exit(2);
}
await build();
const files = process.argv.length > 2 ? process.argv.slice(2) : nativeSuite;
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...files], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    LD_PRELOAD: runtime,
    NODE_OPTIONS: "--conditions=sanitized",
    // Node.js itself frees little when it ends. What the addon leaks shows in the fuzzers, which have no Node.js.
    ASAN_OPTIONS: "detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=1",
    UBSAN_OPTIONS: "print_stacktrace=1",
  },
});
process.exitCode = status ?? 1;
