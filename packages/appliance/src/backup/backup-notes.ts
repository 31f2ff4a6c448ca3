/** What is remembered of backups in the state folder, for `status` and `audit`: the last one, and when a restore was last tried. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { giveLikeFolder } from "../ownership.ts";

const lastBackup = z.strictObject({
  format: z.literal(1),
  /** Milliseconds since 1970, here and below. */
  at: z.number(),
  /** Absolute. */
  file: z.string(),
  size: z.number(),
  /** To how many keys it is encrypted; at least one. */
  keys: z.number(),
  /** When it was taken elsewhere by `backup.copy`; null: it was not. */
  copied: z.number().nullable(),
});
export type LastBackup = z.infer<typeof lastBackup>;

const lastVerify = z.strictObject({
  format: z.literal(1),
  at: z.number(),
  file: z.string(),
  /** When the backup was made. */
  made: z.number(),
  ok: z.boolean(),
  said: z.string(),
});
export type LastVerify = z.infer<typeof lastVerify>;

const names = { backup: "last-backup.json", verify: "last-verify.json" } as const;

/** Undefined: there was none, or nobody can tell. */
export function readLastBackup(stateDir: string): LastBackup | undefined {
  return lastBackup.safeParse(read(join(stateDir, names.backup))).data;
}

export function readLastVerify(stateDir: string): LastVerify | undefined {
  return lastVerify.safeParse(read(join(stateDir, names.verify))).data;
}

/** @throws what the disk says */
export function noteBackup(stateDir: string, note: Omit<LastBackup, "format">): void {
  write(stateDir, names.backup, { format: 1, ...note });
}

/** @throws what the disk says */
export function noteVerify(stateDir: string, note: Omit<LastVerify, "format">): void {
  write(stateDir, names.verify, { format: 1, ...note });
}

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function write(folder: string, name: string, note: LastBackup | LastVerify): void {
  const made = join(folder, `.${name}.${process.pid}`);
  rmSync(made, { force: true });
  const paper = openSync(made, "wx", 0o600);
  try {
    writeSync(paper, `${JSON.stringify(note)}\n`);
    fsyncSync(paper);
  } finally {
    closeSync(paper);
  }
  giveLikeFolder(made, folder);
  renameSync(made, join(folder, name));
}
