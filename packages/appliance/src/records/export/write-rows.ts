/** Rows as a file that is whole or not there. */
import { basename, dirname, join } from "node:path";
import type { StoredRecord } from "@ringfence/store";
import { writeSealed } from "../../sealed-file.ts";
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
  let count = 0;
  const octets = textOf(format, rows, (more) => {
    count += more;
  });
  await writeSealed({ path, unfinished: join(dirname(path), unfinishedName(basename(path))), encryptTo, octets });
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
