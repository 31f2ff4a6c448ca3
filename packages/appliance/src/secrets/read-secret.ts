/** A secret where the configuration says it is: a file or a variable, never the configuration itself. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { RingfenceError, type SecretSource } from "@ringfence/policy";
import type { Environment } from "../environment.ts";

export interface ReadSecret {
  readonly text: string;
  /** When its file changed, in milliseconds since 1970; undefined for a variable. */
  readonly changedAt: number | undefined;
  /** A whole line where others may read the file. */
  readonly warnings: readonly string[];
}

/** @throws RingfenceError `secret-missing`, `certificate-unreadable` */
export function readSecret(key: string, source: SecretSource, dir: string, environment: Environment): ReadSecret {
  if (source.kind === "file") {
    const path = resolve(dir, source.path);
    const text = readPem(key, path);
    const { mode, mtimeMs } = statSync(path);
    const warnings =
      (mode & 0o007) === 0 ? [] : [`${key} can be read by every user of this machine. chmod o= ${source.path}`];
    return { text, changedAt: Math.round(mtimeMs), warnings };
  }
  const text = environment.secret(source.name);
  if (text !== undefined && text !== "") return { text, changedAt: undefined, warnings: [] };
  throw new RingfenceError("secret-missing", `${key}: the variable ${source.name} is not set`, "Set it at the start.");
}

/**
 * @param remedy where it does not exist
 * @throws RingfenceError `certificate-unreadable`
 */
export function readPem(key: string, file: string, remedy = "Check the path and its permissions."): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new RingfenceError("certificate-unreadable", `${key}: ${file} ${why}`, remedy);
  }
}
