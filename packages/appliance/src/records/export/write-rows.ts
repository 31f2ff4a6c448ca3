/** Rows into a file that is whole or not there, readable by its owner only, and encrypted on the way: no clear text touches the disk. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { StoredRecord } from "@ringfence/store";
import { Encrypter } from "age-encryption";
import { headOf, lineOf, type RecordFormat } from "../record-text.ts";

export interface RowsWanted {
  readonly path: string;
  readonly format: RecordFormat;
  /** Public keys of age; empty: not encrypted. */
  readonly encryptTo: readonly string[];
  /** A few at a time. */
  readonly rows: Iterable<readonly StoredRecord[]>;
}

const unfinishedName = (name: string): string => `.${name}.part`;

/** Undefined for what is no name of an unfinished file. */
export function finishedName(name: string): string | undefined {
  return name.startsWith(".") && name.endsWith(".part") ? name.slice(1, -".part".length) : undefined;
}

/** @returns how many. @throws what the disk says; nothing is there under that name then */
export async function writeRows({ path, format, encryptTo, rows }: RowsWanted): Promise<number> {
  const unfinished = join(dirname(path), unfinishedName(basename(path)));
  rmSync(unfinished, { force: true });
  const paper = openSync(unfinished, "wx", 0o600);
  let count = 0;
  try {
    const text = textOf(format, rows, (more) => {
      count += more;
    });
    for await (const octets of await encrypted(text, encryptTo)) writeAll(paper, octets);
    fsyncSync(paper);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    closeSync(paper);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
  return count;
}

function* textOf(
  format: RecordFormat,
  rows: RowsWanted["rows"],
  onRows: (count: number) => void,
): Generator<Uint8Array> {
  const head = headOf(format);
  if (head !== undefined) yield Buffer.from(`${head}\n`);
  for (const some of rows) {
    onRows(some.length);
    yield Buffer.from(some.map((record) => `${lineOf(format, record)}\n`).join(""));
  }
}

async function encrypted(
  text: Iterable<Uint8Array>,
  encryptTo: readonly string[],
): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
  if (encryptTo.length === 0) return text;
  const encrypter = new Encrypter();
  for (const recipient of encryptTo) encrypter.addRecipient(recipient);
  return encrypter.encrypt(ReadableStream.from(text));
}

function writeAll(paper: number, octets: Uint8Array): void {
  for (let done = 0; done < octets.length; ) done += writeSync(paper, octets, done);
}

/** The name survives a power cut only when the folder is on the disk too. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
