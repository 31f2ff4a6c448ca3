/** Unpacks a backup beside what it is to replace, on the same disks, so that a rename puts it in place. Nothing that serves is touched. */
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { Manifest, ManifestFile } from "../backup/archive/manifest.ts";
import { intoFile } from "../backup/archive/unpack.ts";
import { readOwners } from "../backup/owners.ts";
import { giveLikeFolder } from "../ownership.ts";
import { syncFolder } from "../sealed-file.ts";
import { type BackupFile, readBackup } from "./read-backup.ts";
import type { Targets } from "./targets.ts";

const begins = ".restore-";

/** Of this restore, in the state folder; `state` in it is the folder to come. */
export const stagedState = (stateDir: string, time: string): string => join(stateDir, `${begins}${time}`);

/** Beside the file that it is to replace. */
export const stagedFile = (place: string, time: string): string =>
  join(dirname(place), `.${basename(place)}${begins}${time}`);

/** @throws RingfenceError `backup-refused`; what the disk says. What it made until then is there: `sweepStaged` */
export async function stage(backup: BackupFile, targets: Targets, time: string): Promise<Manifest> {
  const { stateDir, places } = targets;
  const state = join(stagedState(stateDir, time), "state");
  makeFolders(state, stateDir, 0o700);
  const staged: { readonly file: ManifestFile; readonly at: string }[] = [];
  const manifest = await readBackup(backup, ({ files }) => {
    refuseFullDisk(stateDir, files);
    const byMember = new Map([...places].map(([{ member }, place]) => [member, place]));
    return (file) => {
      const place = byMember.get(file.member);
      const at = place === undefined ? join(state, file.path) : stagedFile(place, time);
      if (place === undefined) makeFolders(dirname(at), stateDir, 0o700);
      else makeFolders(dirname(at), dirname(targets.config), 0o750);
      staged.push({ file, at });
      return intoFile(at);
    };
  });
  for (const { file, at } of staged) own(file, at, stateDir);
  for (const folder of new Set(staged.map(({ at }) => dirname(at)))) syncFolder(folder);
  return manifest;
}

/** What restores that died have left, here and beside the files. */
export function sweepStaged({ stateDir, places }: Pick<Targets, "stateDir" | "places">): void {
  removeIn(stateDir, begins);
  for (const place of places.values()) removeIn(dirname(place), `.${basename(place)}${begins}`);
}

function removeIn(folder: string, start: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(start)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Those that are missing, of the owner of a folder that is there. */
function makeFolders(path: string, like: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path), like, mode);
  mkdirSync(path, { mode });
  giveLikeFolder(path, like);
}

/** State belongs to whom the state folder belongs to; any other file to whom it belonged, by name. */
function own({ part, mode, owner, group }: ManifestFile, at: string, stateDir: string): void {
  chmodSync(at, mode);
  if (part === "state") return giveLikeFolder(at, stateDir);
  if (process.getuid?.() !== 0) return;
  const owners = readOwners();
  const { uid, gid } = lstatSync(at);
  chownSync(at, owners.uid(owner) ?? uid, owners.gid(group) ?? gid);
  // A change of owner may take bits away.
  chmodSync(at, mode);
}

function refuseFullDisk(folder: string, files: readonly ManifestFile[]): void {
  const needed = files.reduce((sum, { size }) => sum + size, 0);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > needed * 1.1) return;
  const message = `${needed} octets are in it, and the disk of ${folder} has room for ${bavail * bsize}`;
  throw new RingfenceError("backup-refused", message, "Make room there; nothing was touched.");
}
