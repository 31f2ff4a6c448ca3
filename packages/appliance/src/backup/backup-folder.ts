/** The folder of backups: which are there, which of them count, and which are too old. */
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../process-alive.ts";
import { type BackupName, readBackupName } from "./backup-name.ts";

export interface KeptBackup extends BackupName {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly size: number;
}

/** How every file of age begins. */
const AGE = Buffer.from("age-encryption.org/v1\n");
/** A clock that was wrong once must not keep the next backup from being made. */
const FUTURE = 60_000;

/** Those that are whole, the newest first; none where the folder cannot be read. */
export function keptBackups(folder: string, now: number): readonly KeptBackup[] {
  return namesIn(folder)
    .flatMap((name): readonly KeptBackup[] => {
      const read = readBackupName(name);
      if (read === undefined || read.at > now + FUTURE) return [];
      const path = join(folder, name);
      const size = wholeSize(path);
      return size === undefined ? [] : [{ ...read, name, path, size }];
    })
    .sort((a, b) => b.at - a.at);
}

/** What a disk has emptied is no backup, whatever its name is: it neither counts nor pushes another one out. */
function wholeSize(path: string): number | undefined {
  try {
    const file = openSync(path, "r");
    try {
      const head = Buffer.alloc(AGE.length);
      readSync(file, head, 0, head.length, 0);
      return head.equals(AGE) ? statSync(path).size : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Removes those beyond `keep`; never the one that was just written, and so never the last. @returns their names */
export function removeOld(folder: string, keep: number, now: number, written: string): readonly string[] {
  const old = keptBackups(folder, now)
    .filter(({ name }) => name !== written)
    .slice(Math.max(0, keep - 1));
  for (const { path } of old) rmSync(path, { force: true });
  return old.map(({ name }) => name);
}

export function unfinishedBackup(name: string, pid: number): string {
  return `.${name}.${pid}.part`;
}

/** What a process that died has left. One that lives is still at work. */
export function removeUnfinished(folder: string): void {
  for (const name of namesIn(folder)) {
    if (!name.startsWith(".") || !name.endsWith(".part")) continue;
    const dot = name.lastIndexOf(".", name.length - ".part".length - 1);
    const pid = Number(name.slice(dot + 1, -".part".length));
    if (readBackupName(name.slice(1, dot)) === undefined || isAlive(pid)) continue;
    rmSync(join(folder, name), { force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
