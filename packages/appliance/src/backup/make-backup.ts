/**
 * One backup. Copies are taken first, of databases as they are at one moment; they are hashed, and then written as one encrypted
 * file that is whole or not there. Whenever the process dies, no backup is less than it was, and nothing else was touched.
 */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { isDatabase, snapshotDatabase } from "@ringfence/store";
import { readConfigFile } from "../config-file.ts";
import { giveLikeFolder } from "../ownership.ts";
import { isAlive } from "../process-alive.ts";
import { writeSealed } from "../sealed-file.ts";
import { version } from "../version.ts";
import { type Manifest, type ManifestFile, mostFiles } from "./archive/manifest.ts";
import { measured, pack } from "./archive/pack.ts";
import { removeOld, removeUnfinished, unfinishedBackup } from "./backup-folder.ts";
import { type BackupReason, backupName } from "./backup-name.ts";
import { contentsOf, type Source } from "./contents.ts";
import { type Owners, readOwners } from "./owners.ts";

export interface BackupOrder {
  /** Paths are absolute. */
  readonly config: string;
  readonly stateDir: string;
  readonly folder: string;
  /** Public keys of age; at least one. */
  readonly encryptTo: readonly string[];
  readonly reason: BackupReason;
  /** How many stay; undefined: none is removed. */
  readonly keep: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface BackupReport {
  /** Absolute. */
  readonly file: string;
  readonly at: number;
  readonly size: number;
  readonly files: number;
  /** Names of old backups. */
  readonly removed: readonly string[];
  readonly environment: readonly string[];
  readonly missing: readonly string[];
}

const scratchStart = ".backup-";

/** @throws RingfenceError `backup-failed` with what was wrong; ConfigError: a file that says nothing cannot be followed */
export async function makeBackup(order: BackupOrder): Promise<BackupReport> {
  try {
    return await backUp(order);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof RingfenceError || error.name === "ConfigError") throw error;
    const remedy = "Older backups are as they were. Look at the disk and at who may read and write there.";
    throw new RingfenceError("backup-failed", `no backup was written: ${error.message}`, remedy);
  }
}

async function backUp(order: BackupOrder): Promise<BackupReport> {
  const { config, stateDir, folder, encryptTo, reason, keep } = order;
  const at = Math.floor(order.now / 1_000) * 1_000;
  const contents = contentsOf(readConfigFile(config), stateDir);
  if (contents.sources.length > mostFiles) throw new Error(`${contents.sources.length} files are too many`);
  makeFolder(folder, stateDir);
  removeUnfinished(folder);
  const scratch = openScratch(stateDir);
  try {
    const owners = readOwners();
    const copies = contents.sources.flatMap((source, index) => copied(source, join(scratch, String(index)), owners));
    const places = new Map(copies.map(({ file, place }) => [file.member, place]));
    const { environment, missing } = contents;
    const manifest: Manifest = {
      ...{ format: 1, product: version, made: new Date(at).toISOString(), reason, host: hostname() },
      ...{ config, stateDir, environment: [...environment], files: copies.map(({ file }) => file) },
    };
    refuseFullDisk(folder, manifest);
    const name = backupName({ at, reason });
    const file = join(folder, name);
    const unfinished = join(folder, unfinishedBackup(name, process.pid));
    const octets = pack(manifest, (member) => places.get(member) ?? "");
    const size = await writeSealed({ path: file, unfinished, encryptTo, octets });
    giveLikeFolder(file, folder);
    const removed = keep === undefined ? [] : removeOld(folder, keep, at, name);
    return { file, at, size, files: copies.length, removed, environment, missing };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Copy {
  readonly file: ManifestFile;
  /** Where its octets are. */
  readonly place: string;
}

/** Nothing for a file of the state folder that has gone meanwhile: it is replaced by a newer one, or was not to last. */
function copied({ from, ...source }: Source, place: string, owners: Owners): readonly Copy[] {
  const stat = statSync(from, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (source.part === "state") return [];
    throw new Error(`${from} has gone while it was read`);
  }
  const shape = isDatabase(from) ? snapshotDatabase(from, place) : undefined;
  if (shape === undefined) {
    copyFileSync(from, place);
    chmodSync(place, 0o600);
  }
  const owner = owners.user(stat.uid);
  const group = owners.group(stat.gid);
  const { size, sha256 } = measured(place);
  return [{ file: { ...source, size, mode: stat.mode & 0o777, owner, group, sha256, shape }, place }];
}

/** The first backup of root must not make a folder that the service cannot write. */
function makeFolder(folder: string, stateDir: string): void {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) giveLikeFolder(folder, stateDir);
}

/** In the state folder: what is copied may be read by nobody else, and there was room for it once. Of those who died it is removed. */
function openScratch(stateDir: string): string {
  for (const name of readdirSync(stateDir)) {
    if (!name.startsWith(scratchStart) || isAlive(Number(name.slice(scratchStart.length)))) continue;
    rmSync(join(stateDir, name), { recursive: true, force: true });
  }
  const scratch = join(stateDir, `${scratchStart}${process.pid}`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { mode: 0o700 });
  return scratch;
}

/** Better not begun than a disk that is full for everybody else. */
function refuseFullDisk(folder: string, { files }: Manifest): void {
  const needed = files.reduce((sum, { size }) => sum + size, 0);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > needed * 1.1) return;
  throw new Error(`${basename(folder)} in ${dirname(folder)} has room for ${bavail * bsize} octets of ${needed}`);
}
