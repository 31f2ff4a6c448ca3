/** The configuration file, written by the console: whole or not at all, and only by whoever saw what stands there now. */
import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { RingfenceError } from "@ringfence/policy";

export interface ConfigOnDisk {
  readonly text: string;
  /** SHA-256 of the text, hexadecimal. */
  readonly digest: string;
  readonly writable: boolean;
}

/** @throws RingfenceError `config-unreadable` */
export function readConfigText(path: string): ConfigOnDisk {
  try {
    const file = realpathSync(path);
    const text = readFileSync(file, "utf8");
    return { text, digest: createHash("sha256").update(text).digest("hex"), writable: mayWrite(dirname(file)) };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new RingfenceError("config-unreadable", `${path} cannot be read (${why})`, "Check the file and its disk.");
  }
}

/** Beside the old one, and then in its place: with its mode, also through a link. @throws RingfenceError `config-not-written` */
export function writeConfigText(path: string, text: string): void {
  let made: string | undefined;
  try {
    const file = realpathSync(path);
    const { mode } = statSync(file);
    made = join(dirname(file), `.${randomBytes(6).toString("hex")}.new`);
    const descriptor = openSync(made, "wx", mode & 0o777);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(made, file);
  } catch (error) {
    if (made !== undefined) rmSync(made, { force: true });
    const why = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const remedy = "Let the user that runs Ringfence write that folder, or change the file by hand and reload.";
    throw new RingfenceError("config-not-written", `${path} cannot be written (${why})`, remedy);
  }
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
