/** Manifest and files as one tar, a piece at a time. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { MANIFEST, type Manifest, type ManifestFile } from "./manifest.ts";
import { BLOCK, paddingOf, tarHeader } from "./tar-header.ts";

const PIECE = 262_144;

/**
 * @param sourceOf where the octets of each file of the manifest are; they do not change meanwhile
 * @throws what the disk says, and Error when a file has changed all the same
 */
export function* pack(manifest: Manifest, sourceOf: (member: string) => string): Generator<Uint8Array> {
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
  const modified = Math.floor(Date.parse(manifest.made) / 1_000);
  yield tarHeader({ name: MANIFEST, size: text.length, mode: 0o600, modified });
  yield text;
  yield new Uint8Array(paddingOf(text.length));
  for (const { member, size, mode, sha256 } of manifest.files) {
    yield tarHeader({ name: member, size, mode, modified });
    const hash = createHash("sha256");
    for (const piece of piecesOf(sourceOf(member))) {
      hash.update(piece);
      yield piece;
    }
    // A header has said its size already: an archive with another one after it could not be read.
    if (hash.digest("hex") !== sha256) throw new Error(`${member} changed while it was read`);
    yield new Uint8Array(paddingOf(size));
  }
  yield new Uint8Array(2 * BLOCK);
}

export function measured(path: string): Pick<ManifestFile, "size" | "sha256"> {
  const hash = createHash("sha256");
  let size = 0;
  for (const piece of piecesOf(path)) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest("hex") };
}

/** Each piece is a new one: whoever takes it may keep it. */
function* piecesOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const length = readSync(file, piece, 0, PIECE, null);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
