/** A backup on the disk, opened with a key and read to its end. */
import { statSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";
import { type Manifest, type ManifestFile, refused } from "../backup/archive/manifest.ts";
import { nowhere, type Sink, type Unpacking, unpack } from "../backup/archive/unpack.ts";
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

export interface Looked {
  readonly manifest: Manifest;
  /** What the configuration in it says. */
  readonly configText: string;
}

const largestConfig = 2_097_152;

/** Reads all of it and writes nothing. @throws RingfenceError `backup-refused` */
export async function lookThrough(file: BackupFile): Promise<Looked> {
  const pieces: Uint8Array[] = [];
  const manifest = await readBackup(file, (found) => {
    const config = configOf(found);
    if (config.size > largestConfig) throw refused("its configuration is larger than any");
    const keep: Sink = { write: (octets) => void pieces.push(octets.slice()), close: () => undefined };
    return (one) => (one === config ? keep : nowhere);
  });
  return { manifest, configText: Buffer.concat(pieces).toString("utf8") };
}

/** A manifest that was read has one: of its own, or in the state folder. */
function configOf({ files, config, stateDir }: Manifest): ManifestFile {
  const found =
    files.find(({ part }) => part === "config") ??
    files.find(({ part, path }) => part === "state" && `${stateDir}/${path}` === config);
  if (found === undefined) throw refused("it holds no configuration");
  return found;
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
