/** The packet generators in C++, compiled when they are first wanted and when a source changed. SRTP is that of node-srtp's native part. */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { objectsOf, root, run, sources } from "../../native/compile.ts";

const srtpFolder = join(root, "packages/node-srtp/native");
const srtp = sources.filter((file) => file.startsWith(srtpFolder) && basename(file) !== "binding.cc");

export type ProgramName = "voices" | "soak" | "stranger" | "crowd";

/** By the folder here that a program and its headers are in. */
const folders: Readonly<Record<ProgramName, "voices" | "crowd">> = {
  voices: "voices",
  soak: "voices",
  stranger: "voices",
  crowd: "crowd",
};
const besides = {
  voices: { files: srtp, libraries: ["-pthread", "-lcrypto"] },
  crowd: { files: [], libraries: ["-lssl", "-lcrypto"] },
} as const;

/** @returns path of the program. @throws Error with the compiler's words, or that there is none */
export async function generatorProgram(name: ProgramName): Promise<string> {
  const folder = join(root, "test/bench/load", folders[name]);
  const { files, libraries } = besides[folders[name]];
  const shared = createHash("sha256");
  for (const header of readdirSync(folder).filter((file) => file.endsWith(".h")))
    shared.update(readFileSync(join(folder, header)));
  // The cache knows the headers of the packages; of these it learns by a flag that changes with them.
  const flags = ["-std=c++20", "-O2", "-pthread", `-DHEADERS_${shared.digest("hex").slice(0, 16)}`];
  const objects = await objectsOf([...files, join(folder, `${name}.cc`)], "g++", flags);
  const built = join(root, ".state/bench");
  mkdirSync(built, { recursive: true });
  const program = join(built, name);
  // To another name first: somebody may be starting it.
  const part = `${program}.${randomUUID()}`;
  await run("g++", [...objects, ...libraries, "-o", part], `${name} (g++ and libssl-dev)`);
  renameSync(part, program);
  return program;
}
