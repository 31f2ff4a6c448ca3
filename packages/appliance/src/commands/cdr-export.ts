/** `ringfence cdr export`: records of a time as one file, encrypted if keys are named. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isAgeRecipient, RingfenceError } from "@ringfence/policy";
import type { StoredRecord } from "@ringfence/store";
import type { CliContext } from "../cli.ts";
import { objectOf } from "../control/object-of.ts";
import { exitCodes } from "../failures.ts";
import { writeRows } from "../records/export/write-rows.ts";
import { openBook } from "../records/find-book.ts";
import { recordFormats } from "../records/record-text.ts";
import { readTime } from "./read-time.ts";

export interface CdrExportOptions {
  readonly config?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format?: string;
  readonly encryptTo?: readonly string[];
  readonly output: string;
}

/** @throws RingfenceError, ConfigError */
export async function exportRecords(options: CdrExportOptions, { environment, terminal }: CliContext): Promise<number> {
  const { output, encryptTo = [] } = options;
  const span = { from: readTime("--from", options.from), until: readTime("--to", options.to) };
  const format = recordFormats.find((one) => one === (options.format ?? "csv"));
  if (format === undefined) throw usage(`--format ${options.format} is not known`, "Write csv or jsonl.");
  const unknown = encryptTo.find((key) => !isAgeRecipient(key));
  if (unknown !== undefined) {
    throw usage(`--encrypt-to ${unknown} is no public key of age`, "Write what age-keygen says after `Public key:`.");
  }
  const path = resolve(output);
  if (existsSync(path)) throw usage(`${output} is there`, "Name a file that is not there yet.");
  const { from, to } = options;
  const book = openBook(options.config, environment, { act: "cdr-export", object: objectOf({ from, to, output }) });
  try {
    const count = await writeRows({ path, format, encryptTo, rows: one(book.records(span)) });
    const how =
      encryptTo.length === 0
        ? "not encrypted"
        : `encrypted to ${encryptTo.length} ${encryptTo.length === 1 ? "key" : "keys"}`;
    terminal.out(`${count} ${count === 1 ? "row" : "rows"} written to ${output}, ${how}`);
    return exitCodes.ok;
  } finally {
    book.close();
  }
}

function* one(records: Iterable<StoredRecord>): Generator<readonly StoredRecord[]> {
  for (const record of records) yield [record];
}

function usage(message: string, remedy: string): RingfenceError {
  return new RingfenceError("usage", message, remedy);
}
