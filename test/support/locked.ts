/** What several test files need and one of them makes: the others wait for it. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Room for what a package manager prints. */
const mostOutput = 64 * 1024 * 1024;

/**
 * Runs a shell script while nobody else holds the lock. The kernel drops it with the process, so a killed test run leaves none behind.
 * @param args `$1` and on of the script
 * @throws Error with what it printed
 */
export async function runLocked(lock: string, script: string, args: readonly string[]): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  await run("flock", [lock, "bash", "-euo", "pipefail", "-c", script, "bash", ...args], { maxBuffer: mostOutput });
}
