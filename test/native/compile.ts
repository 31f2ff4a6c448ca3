/**
 * Compiles the native code outside of node-gyp, for the checks that need other flags: sanitizers and fuzzers. Objects are kept in .state/native by
 * the hash of all they are made of, so that only what changed is compiled again.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The compiler that has the sanitizers and libFuzzer. */
export const clang = "clang++";
export const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".state/native");
/** Headers of the pinned runtime, OpenSSL's among them. */
export const runtimeHeaders = join(dirname(dirname(process.execPath)), "include/node");

/** What binding.gyp gives, without the optimisation; warnings are errors here. */
export const strictFlags = [
  "-std=c++20",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Werror",
  "-fno-exceptions",
  "-fno-rtti",
  "-fPIC",
];
/** `misused()` of bytes.h stops the program, and so does each finding. */
export const sanitizerFlags = [
  "-O1",
  "-g",
  "-fno-omit-frame-pointer",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
  "-DRINGFENCE_TRAP",
];
/** Of the addon that watches its own memory. */
export const sanitizedAddonFlags = [...strictFlags, ...sanitizerFlags, "-isystem", runtimeHeaders];

function filesOf(folder: string, ending: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));
}

const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "native"));
export const headers: readonly string[] = folders.flatMap((folder) => filesOf(folder, ".h"));
/** All sources of the addon. What includes node_api.h is called binding.cc and has no part in a program without Node.js. */
export const sources: readonly string[] = [
  join(root, "packages/native/addon/module.cc"),
  ...folders.flatMap((folder) => filesOf(folder, ".cc")),
];
export const bindings: readonly string[] = sources.filter((file) =>
  ["module.cc", "binding.cc"].some((name) => basename(file).endsWith(name)),
);
/** packages/NAME/native/fuzz/TARGET.cc: one program each. */
export const fuzzTargets: readonly string[] = folders.flatMap((folder) => filesOf(join(folder, "fuzz"), ".cc"));
/** Packet threads among threads that use them: see threads.ts. */
export const threadProgram = join(root, "test/native/packet-threads.cc");
const includes = folders.filter(existsSync).map((folder) => `-I${folder}`);

/** The object files of the sources, compiled where they are not in the cache. @throws Error with the compiler's words */
export async function objectsOf(
  files: readonly string[],
  compiler: string,
  flags: readonly string[],
): Promise<string[]> {
  mkdirSync(cache, { recursive: true });
  const shared = createHash("sha256").update(JSON.stringify([compiler, flags]));
  for (const header of headers) shared.update(readFileSync(header));
  const jobs = files.map((file) => {
    const digest = shared.copy().update(file).update(readFileSync(file)).digest("hex").slice(0, 24);
    return { file, object: join(cache, `${basename(file, ".cc")}-${digest}.o`) };
  });
  const waiting = jobs.filter(({ object }) => !existsSync(object));
  const worker = async (): Promise<void> => {
    for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
      // To another name first: a compilation that was stopped must not look like one that ended.
      const { file, object } = job;
      await run(compiler, [...flags, ...includes, "-c", file, "-o", `${object}.part`], relative(root, file));
      await run("mv", [`${object}.part`, object], object);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return jobs.map(({ object }) => object);
}

/** @throws Error with what the command printed */
export function run(command: string, args: readonly string[], about: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${about}: ${command} ended with ${code}\n${said}`)),
    );
  });
}

/** A file that comes with clang, such as a sanitizer's runtime; undefined when clang or the file is not there. */
function clangFile(name: string): string | undefined {
  const { stdout } = spawnSync(clang, [`-print-file-name=${name}`], { encoding: "utf8" });
  const path = stdout?.trim() ?? "";
  // Of what it does not know it prints the name alone.
  return path.includes("/") && existsSync(path) ? path : undefined;
}

export function clangRuntime(sanitizer: "asan" | "tsan" | "fuzzer"): string | undefined {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  return clangFile(`libclang_rt.${sanitizer}-${machine}.${sanitizer === "asan" ? "so" : "a"}`);
}
