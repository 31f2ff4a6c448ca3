/**
 * Reads a backup and believes nothing: the manifest first, then exactly the files that it names, in its order, with its sizes
 * and hashes, and then nothing more. Whoever has the public key can make an archive: what a name in it says decides nothing about where
 * something is written.
 */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { type Octets, writeAll } from "../../sealed-file.ts";
import { largestManifest, MANIFEST, type Manifest, type ManifestFile, readManifest, refused } from "./manifest.ts";
import { OctetReader } from "./octet-reader.ts";
import { BLOCK, paddingOf, readTarHeader, type TarEntry } from "./tar-header.ts";

export interface Unpacking {
  readonly octets: Octets;
  /** Octets of the file that they come from. */
  readonly room: number;
  /** Asked when the manifest was read and found right; what it throws ends the reading. @returns where each file goes */
  begin(manifest: Manifest): (file: ManifestFile) => Sink;
}

/** Takes the octets of one file. Whether they are the right ones is known only at the end of the archive. */
export interface Sink {
  write(octets: Uint8Array): void;
  /** Also when it was not written to its end. */
  close(): void;
}

/** It is only checked. */
export const nowhere: Sink = { write: () => undefined, close: () => undefined };

/** A new file that only its owner reads, on the disk when it is closed. */
export function intoFile(path: string): Sink {
  const paper = openSync(path, "wx", 0o600);
  return {
    write: (octets) => writeAll(paper, octets),
    close() {
      fsyncSync(paper);
      closeSync(paper);
    },
  };
}

const PIECE = 262_144;

/** @throws RingfenceError `backup-refused`; what `octets` throws; what the disk says */
export async function unpack({ octets, room, begin }: Unpacking): Promise<Manifest> {
  const reader = new OctetReader(octets);
  try {
    const manifest = await manifestOf(reader, room);
    const sinkOf = begin(manifest);
    for (const file of manifest.files) {
      const found = await header(reader);
      if (found === undefined || found.name !== file.member || found.size !== file.size) {
        throw refused(`after its manifest does not come ${file.member}`);
      }
      await takeFile(reader, file, sinkOf(file));
      await skipPadding(reader, file.size);
    }
    if ((await header(reader)) !== undefined) throw refused("it holds more than its manifest says");
    await nothingMore(reader);
    return manifest;
  } finally {
    await reader.stop();
  }
}

async function manifestOf(reader: OctetReader, room: number): Promise<Manifest> {
  const found = await header(reader);
  if (found?.name !== MANIFEST) throw refused("it does not begin with a manifest, so it is no backup of Ringfence");
  if (found.size > Math.min(largestManifest, room)) throw refused(`its manifest has ${found.size} octets`);
  const octets = await reader.exactly(found.size);
  if (octets === undefined) throw refused("it ends in its manifest");
  await skipPadding(reader, found.size);
  return readManifest(Buffer.from(octets).toString("utf8"), room);
}

async function header(reader: OctetReader): Promise<TarEntry | undefined> {
  const block = await reader.exactly(BLOCK);
  if (block === undefined) throw refused("it ends too early");
  const read = readTarHeader(block);
  if (typeof read === "string") throw refused(read);
  return read;
}

async function takeFile(reader: OctetReader, file: ManifestFile, sink: Sink): Promise<void> {
  const hash = createHash("sha256");
  try {
    for (let left = file.size; left > 0; ) {
      const piece = await reader.some(Math.min(left, PIECE));
      if (piece === undefined) throw refused(`it ends in ${file.member}`);
      left -= piece.length;
      hash.update(piece);
      sink.write(piece);
    }
  } finally {
    sink.close();
  }
  if (hash.digest("hex") !== file.sha256) throw refused(`${file.member} was altered`);
}

async function skipPadding(reader: OctetReader, size: number): Promise<void> {
  if ((await reader.exactly(paddingOf(size))) === undefined) throw refused("it ends too early");
}

/** Zeros, as tar fills its last record. */
async function nothingMore(reader: OctetReader): Promise<void> {
  for (let piece = await reader.some(PIECE); piece !== undefined; piece = await reader.some(PIECE)) {
    if (piece.some((octet) => octet !== 0)) throw refused("something comes after its end");
  }
}
