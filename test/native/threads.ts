/**
 * `npm run test:threads [-- --seconds N]`: packet threads among the threads that use them, under clang's ThreadSanitizer (packet-threads.cc). Not in
 * the addon: Node.js does not start under it. Ends with 66 after a race, which was reported.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bindings, clang, clangRuntime, objectsOf, root, run, sources, strictFlags, threadProgram } from "./compile.ts";

if (clangRuntime("tsan") === undefined) {
  console.error("clang with its sanitizers is not installed (apt-get install clang libclang-rt-14-dev libssl-dev)");
  process.exit(2);
}
const watching = ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=thread", "-DRINGFENCE_TRAP"];
const linked = sources.filter((file) => !bindings.includes(file));
const objects = await objectsOf([...linked, threadProgram], clang, [...strictFlags, ...watching]);
const program = join(root, ".state/native/packet-threads");
await run(clang, ["-fsanitize=thread", ...objects, "-lssl", "-lcrypto", "-pthread", "-o", program], "linking");
const { values } = parseArgs({ options: { seconds: { type: "string" } } });
// The sanitizer wants memory where it always was: without random addresses.
const { status } = spawnSync("setarch", ["-R", program, values.seconds ?? "20"], { stdio: "inherit" });
process.exitCode = status ?? 1;
