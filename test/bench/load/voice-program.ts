/** The packet generators in C++, compiled when they are first wanted and when a source changed. SRTP is that of node-srtp's native part. */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { objectsOf, root, run, sources } from "../../native/compile.ts";

const voices = join(root, "test/bench/load/voices");
const srtpFolder = join(root, "packages/node-srtp/native");

/** @returns path of the program. @throws Error with the compiler's words, or that there is none */
export async function voiceProgram(name: "voices" | "soak" | "stranger"): Promise<string> {
  const srtp = sources.filter((file) => file.startsWith(srtpFolder) && basename(file) !== "binding.cc");
  const shared = createHash("sha256");
  for (const header of ["ear.h", "side.h", "sender.h"]) shared.update(readFileSync(join(voices, header)));
  // The cache knows the headers of the packages; of these it learns by a flag that changes with them.
  const flags = ["-std=c++20", "-O2", "-pthread", `-DVOICES_${shared.digest("hex").slice(0, 16)}`];
  const objects = await objectsOf([...srtp, join(voices, `${name}.cc`)], "g++", flags);
  const folder = join(root, ".state/bench");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, name);
  // To another name first: somebody may be starting it.
  const part = `${program}.${randomUUID()}`;
  await run("g++", [...objects, "-pthread", "-lcrypto", "-o", part], `${name} (g++ and libssl-dev)`);
  renameSync(part, program);
  return program;
}
