/**
 * Tests that need a program which is not part of this repository (baresip, SIPp, Kamailio, libsrtp): they run where it is
 * installed, say in one line how to install it where it is not, and fail instead when RINGFENCE_TEST_ALL=1, so that the
 * machine that is meant to run everything cannot pass by running nothing.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "vitest";

/** Like vitest's `test(name, body, timeout)`; `available` tells a file whether to prepare anything at all. */
export interface OutsideTest {
  (name: string, body: () => void | Promise<void>, timeoutMs?: number): void;
  readonly available: boolean;
  /** The line a reader sees: `skipped: baresip is not installed (apt-get install baresip-core)`. */
  readonly message: string;
}

/** Servers live in sbin, which is not in every user's PATH. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The full path of an executable, or undefined. */
export function findProgram(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).concat(systemFolders);
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** True when the command runs to its end with status 0: a probe for things that are not a program in PATH. */
export function runsCleanly(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: 20_000 }).status === 0;
}

/**
 * @param program what the reader has to install, as named in the message
 * @param debianPackage the package that brings it
 * @param probe true when it is there; without it, an executable called `program` is looked for
 */
export function outsideProgram(
  program: string,
  debianPackage: string,
  probe: () => boolean = () => findProgram(program) !== undefined,
): OutsideTest {
  return outsideNeed(`${program} is not installed (apt-get install ${debianPackage})`, probe);
}

/** The same for what cannot be installed. @param lack why it was skipped, and the remedy: "not root (sudo)" */
export function outsideNeed(lack: string, probe: () => boolean): OutsideTest {
  const available = probe();
  const message = `skipped: ${lack}`;
  const everything = process.env.RINGFENCE_TEST_ALL === "1";
  // The default reporter does not list skipped tests of a file, so the line is printed as well.
  if (!available && !everything) console.warn(message);

  const register = (name: string, body: () => void | Promise<void>, timeoutMs?: number): void => {
    if (available) test(name, body, timeoutMs);
    else if (everything) test(name, () => Promise.reject(new Error(`RINGFENCE_TEST_ALL=1, so not ${message}`)));
    else test(name, ({ skip }) => skip(message));
  };
  return Object.assign(register, { available, message });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
