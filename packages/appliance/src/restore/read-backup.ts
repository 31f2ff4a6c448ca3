/** A backup on the disk, opened with a key and read to its end. */
import { statSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";
import { type Manifest, refused } from "../backup/archive/manifest.ts";
import { type Unpacking, unpack } from "../backup/archive/unpack.ts";
import { openSealed } from "../sealed-file.ts";

export interface BackupFile {
  readonly path: string;
  /** Private keys of age. */
  readonly keys: readonly string[];
}

/** @throws RingfenceError `backup-refused` with the reason; what is left of it is whatever `begin` made */
export async function readBackup({ path, keys }: BackupFile, begin: Unpacking["begin"]): Promise<Manifest> {
  const room = sizeOf(path);
  try {
    return await unpack({ octets: openSealed(path, keys), room, begin });
  } catch (error) {
    if (error instanceof RingfenceError || !(error instanceof Error) || isOfDisk(error)) throw error;
    const why = error.message.includes("identity")
      ? "none of the keys opens it"
      : `it was cut or altered (${error.message})`;
    throw refused(why);
  }
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() === true) return stat.size;
  throw new RingfenceError("usage", `${path}: there is no such file`, "Name a backup: ringfence-...tar.age.");
}

/** A full disk is no fault of the archive. */
function isOfDisk(error: Error): boolean {
  return "syscall" in error;
}
