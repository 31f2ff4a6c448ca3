/** The folder that outlives the process: self-signed certificate, control socket. Only its owner can look into it. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { Environment } from "./environment.ts";

/** What `state.dir` is when the file does not say. */
const defaultDir = "/var/lib/ringfence";

/**
 * Makes the folder where it is missing. The default one belongs to root: anybody else gets a folder of their own.
 * @throws RingfenceError `state-dir`
 */
export function openStateDir(configured: string, configDir: string, environment: Environment): string {
  const dir = resolve(configDir, configured);
  const problem = tryOpen(dir);
  if (problem === undefined) return dir;
  if (dir === defaultDir && tryOpen(environment.userStateDir) === undefined) return environment.userStateDir;
  throw new RingfenceError(
    "state-dir",
    `state.dir: ${dir} ${problem}`,
    "Create it for this user, or name another folder: state: { dir: /path }.",
  );
}

/** Where the state of a configuration may be, for a command that looks for it and makes nothing. */
export function possibleStateDirs(configured: string, configDir: string, environment: Environment): readonly string[] {
  const dir = resolve(configDir, configured);
  return dir === defaultDir ? [dir, environment.userStateDir] : [dir];
}

function tryOpen(dir: string): string | undefined {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `cannot be used (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`;
  }
}
