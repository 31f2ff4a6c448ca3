/** Which book of calls a command means: that of the configuration named, or of the Ringfence that runs. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { openRecordFile, type RecordFile } from "@ringfence/store";
import { readConfigFile } from "../config-file.ts";
import { auditFile, noteOnDisk } from "../control/audit-trail.ts";
import type { Environment } from "../environment.ts";
import { listInstances } from "../instances.ts";
import { refuseNewer } from "../newer-state.ts";
import { possibleStateDirs } from "../state-dir.ts";
import { recordsFile } from "./record-book.ts";

/** What somebody wants with it, for the audit; undefined: nothing that shows or changes whom it is about. */
export interface Purpose {
  readonly act: string;
  readonly object: string;
}

/** @throws RingfenceError `no-records`, ConfigError when the file is wrong */
export function openBook(
  config: string | undefined,
  environment: Environment,
  purpose: Purpose | undefined,
): RecordFile {
  const first = findFile(config, environment, recordsFile);
  if (first === undefined) {
    throw new RingfenceError(
      "no-records",
      config === undefined ? "no Ringfence of this user runs here that records calls" : `${config} has no records yet`,
      "Name the configuration with --config FILE; records begin when Ringfence has run with `cdr: { store: sqlite }`.",
    );
  }
  if (purpose !== undefined) {
    const act = { ...purpose, by: environment.userName, via: "cli", result: "done", detail: "" } as const;
    noteOnDisk(dirname(first), act);
  }
  return open(first);
}

/** What persons did. @throws RingfenceError `no-audit-log`, ConfigError when the file is wrong */
export function openAuditBook(config: string | undefined, environment: Environment): RecordFile {
  const found = findFile(config, environment, auditFile);
  if (found !== undefined) return open(found);
  throw new RingfenceError(
    "no-audit-log",
    config === undefined ? "no Ringfence of this user runs here" : `${config} has no audit log yet`,
    "Name the configuration with --config FILE; it begins when Ringfence has run.",
  );
}

/** @throws RingfenceError `several-running` */
function findFile(
  config: string | undefined,
  environment: Environment,
  fileIn: (stateDir: string) => string,
): string | undefined {
  const dirs =
    config === undefined ? listInstances(environment).map(({ stateDir }) => stateDir) : dirsOf(config, environment);
  const [first, ...others] = [...new Set(dirs)].map(fileIn).filter((path) => existsSync(path));
  if (others.length === 0 || config !== undefined) return first;
  throw new RingfenceError("several-running", `${others.length + 1} keep records here`, "Name one with its --config.");
}

function dirsOf(name: string, environment: Environment): readonly string[] {
  const file = readConfigFile(name);
  return possibleStateDirs(file.config.state.dir, file.dir, environment);
}

/** @throws RingfenceError `state-newer` */
function open(path: string): RecordFile {
  try {
    return openRecordFile(path);
  } catch (error) {
    refuseNewer(error);
    throw error;
  }
}
