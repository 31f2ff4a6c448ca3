/** The last report of an audit, in the state folder: written by the process that serves, or by root at the command line. */
import {
  closeSync,
  constants,
  fchownSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type HardeningReport, hardeningReport } from "@ringfence/admin";

const name = "audit.json";
const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** Undefined: there is none, or it is none of ours. */
export function keptReport(stateDir: string): HardeningReport | undefined {
  try {
    return hardeningReport.safeParse(JSON.parse(readFileSync(join(stateDir, name), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** As well as can be: a report that is not kept was told all the same. */
export function keepReport(stateDir: string, report: HardeningReport): void {
  const made = join(stateDir, `${name}.${process.pid}`);
  try {
    // The folder belongs to the service: root follows no link that lies in it.
    const descriptor = openSync(made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      writeSync(descriptor, JSON.stringify(report));
      const { uid, gid } = statSync(stateDir);
      fchownSync(descriptor, uid, gid);
    } finally {
      closeSync(descriptor);
    }
    renameSync(made, join(stateDir, name));
  } catch {
    rmSync(made, { force: true });
  }
}
