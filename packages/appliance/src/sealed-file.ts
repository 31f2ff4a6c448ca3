/** A file that is whole or not there, readable by its owner only, and encrypted with age on the way: no clear text touches the disk. */
import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Decrypter, Encrypter } from "age-encryption";

export type Octets = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface SealedFile {
  readonly path: string;
  /** What it is until it is whole; in the same folder. */
  readonly unfinished: string;
  /** Public keys of age; empty: not encrypted. */
  readonly encryptTo: readonly string[];
  readonly octets: Octets;
}

/** @returns its size. @throws what the disk says, and what `octets` throws; nothing is there under that name then */
export async function writeSealed({ path, unfinished, encryptTo, octets }: SealedFile): Promise<number> {
  rmSync(unfinished, { force: true });
  const paper = openSync(unfinished, "wx", 0o600);
  let size = 0;
  try {
    for await (const some of await encrypted(octets, encryptTo)) {
      writeAll(paper, some);
      size += some.length;
    }
    fsyncSync(paper);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    closeSync(paper);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
  return size;
}

async function encrypted(octets: Octets, encryptTo: readonly string[]): Promise<Octets> {
  if (encryptTo.length === 0) return octets;
  const encrypter = new Encrypter();
  for (const recipient of encryptTo) encrypter.addRecipient(recipient);
  return encrypter.encrypt(ReadableStream.from(octets));
}

/** What is in it, in order. @throws what age says of a key that does not fit, and of a file that was cut or altered */
export async function* openSealed(path: string, identities: readonly string[]): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const file = createReadStream(path, { highWaterMark: 262_144 });
  try {
    yield* await decrypter.decrypt(ReadableStream.from<Uint8Array>(file));
  } finally {
    file.destroy();
  }
}

export function writeAll(paper: number, octets: Uint8Array): void {
  for (let done = 0; done < octets.length; ) done += writeSync(paper, octets, done);
}

/** A name survives a power cut only when its folder is on the disk too. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
