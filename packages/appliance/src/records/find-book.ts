/** Which book of calls a command means: that of the configuration named, or of the Ringfence that runs. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { openRecordFile, type RecordFile } from "@ringfence/store";
import { readConfigFile } from "../config-file.ts";
import { noteOnDisk } from "../control/audit-trail.ts";
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
  const dirs = config === undefined ? listInstances(environment).map(({ stateDir }) => stateDir) : dirsOf(config);
  const [first, ...others] = [...new Set(dirs)].map(recordsFile).filter((path) => existsSync(path));
  if (first === undefined) {
    throw new RingfenceError(
      "no-records",
      config === undefined ? "no Ringfence of this user runs here that records calls" : `${config} has no records yet`,
      "Name the configuration with --config FILE; records begin when Ringfence has run with `cdr: { store: sqlite }`.",
    );
  }
  if (others.length > 0 && config === undefined) {
    throw new RingfenceError(
      "several-running",
      `${others.length + 1} keep records here`,
      "Name one with its --config.",
    );
  }
  if (purpose !== undefined) {
    const act = { ...purpose, by: environment.userName, via: "cli", result: "done", detail: "" } as const;
    noteOnDisk(dirname(first), act);
  }
  try {
    return openRecordFile(first);
  } catch (error) {
    refuseNewer(error);
    throw error;
  }

  function dirsOf(name: string): readonly string[] {
    const file = readConfigFile(name);
    return possibleStateDirs(file.config.state.dir, file.dir, environment);
  }
}
