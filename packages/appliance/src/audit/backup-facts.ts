/** What lies in the folder of backups, and whether one was ever restored. */
import type { BackupFacts } from "@ringfence/grade";
import { keptBackups } from "../backup/backup-folder.ts";
import { readLastBackup, readLastVerify } from "../backup/backup-notes.ts";
import type { MachineView } from "./machine-view.ts";

/** https://age-encryption.org/v1: how every encrypted file begins, and how a private key is written. */
const sealed = "age-encryption.org/v1";
const privateKey = "AGE-SECRET-KEY-";
/** Keys have names and comments before them. */
const longestKeyFile = 8_192;
const mostFiles = 1_000;

export interface BackupPlaces {
  /** Absolute, as those below. */
  readonly folder: string;
  readonly stateDir: string;
  /** Where somebody could have left the key that opens them. */
  readonly others: readonly string[];
}

export function backupFacts(view: MachineView, { folder, stateDir, others }: BackupPlaces, now: number): BackupFacts {
  const last = readLastBackup(stateDir);
  const verify = readLastVerify(stateDir);
  return {
    last: keptBackups(folder, now)[0]?.at,
    copied: last === undefined ? undefined : last.copied !== null,
    verified: verify && { at: verify.at, ok: verify.ok },
    open: pathsIn(view, folder).filter((path) => isArchive(path) && view.read(path, sealed.length) !== sealed),
    keys: [...new Set([folder, ...others])].flatMap((one) =>
      pathsIn(view, one).filter((path) => isSmall(view, path) && view.read(path, longestKeyFile)?.includes(privateKey)),
    ),
  };
}

function pathsIn(view: MachineView, folder: string): readonly string[] {
  return view
    .list(folder)
    .slice(0, mostFiles)
    .map((name) => `${folder}/${name}`)
    .filter((path) => view.about(path)?.isFolder === false);
}

function isArchive(path: string): boolean {
  return path.includes(".tar") || path.endsWith(".zip");
}

function isSmall(view: MachineView, path: string): boolean {
  return (view.about(path)?.size ?? longestKeyFile) < longestKeyFile;
}
