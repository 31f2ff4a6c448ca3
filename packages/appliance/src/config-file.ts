/** Reads a configuration file and turns every problem into a line a person can act on. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Config, type ConfigIssue, type Interfaces, loadConfig, RingfenceError } from "@ringfence/policy";
import { ConfigError } from "./failures.ts";

export interface ConfigFile {
  /** As the user wrote it: it starts every problem line. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Relative paths in the file start here. */
  readonly dir: string;
  readonly text: string;
  readonly config: Config;
  readonly warnings: readonly ConfigIssue[];
}

/** The schema refuses more; reading stops here so that a wrong path (a disk image) is not read into memory. */
const largestFile = 2_097_152;

/**
 * @param given read in place of the file: what it once said
 * @param interfaces of this machine, for who serves by the file
 * @throws RingfenceError `config-unreadable` when there is no such file, or it cannot be read
 * @throws ConfigError with every problem of the file
 */
export function readConfigFile(name: string, given?: string, interfaces?: Interfaces): ConfigFile {
  const path = resolve(name);
  const text = given ?? readText(name, path);
  const loaded = loadConfig(text, interfaces);
  if (!loaded.ok) throw new ConfigError(name, loaded.issues);
  return { name, path, dir: dirname(path), text, config: loaded.config, warnings: loaded.warnings };
}

function readText(name: string, path: string): string {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw unreadable(`${name} is a folder`, "Name the configuration file itself.");
    if (stat.size > largestFile) throw unreadable(`${name} is larger than any configuration`, "Name a YAML file.");
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof RingfenceError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw unreadable(`${name}: there is no such file`, "Check the path after --config.");
    }
    if (code === "EACCES" || code === "EPERM") {
      throw unreadable(`${name} cannot be read`, "Run as a user who may read it.");
    }
    throw unreadable(`${name} cannot be read (${code ?? "unknown error"})`, "Check the file and its disk.");
  }
}

function unreadable(message: string, remedy: string): RingfenceError {
  return new RingfenceError("config-unreadable", message, remedy);
}
