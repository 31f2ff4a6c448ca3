/**
 * `npm run fuzz [-- --seconds N] [--seed N]`: every fuzz program of this folder beside the others, one process each, so
 * that N seconds of fuzzing take N seconds. Ends with 1 when one found something; its octets are then in corpus/.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("./", import.meta.url));

function fuzz(program: string): Promise<number> {
  const child = spawn(process.execPath, [folder + program, ...process.argv.slice(2)], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

const programs = readdirSync(folder).filter((file) => file.endsWith(".fuzz.ts"));
const codes = await Promise.all(programs.map(fuzz));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
