/** `ringfence cdr` prints the records of calls, `ringfence cdr verify` proves that none was changed or dropped. */
import { closeSync, openSync, writeSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { objectOf } from "../control/object-of.ts";
import { exitCodes } from "../failures.ts";
import { openBook } from "../records/find-book.ts";
import { headOf, lineOf } from "../records/record-text.ts";
import { proveChain } from "./prove-chain.ts";
import { readTime } from "./read-time.ts";

export interface CdrOptions {
  readonly config?: string;
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly to?: string;
}

/** @throws RingfenceError, ConfigError */
export async function cdr(options: CdrOptions, { environment, terminal }: CliContext): Promise<number> {
  const span = { from: readTime("--since", options.since), until: readTime("--until", options.until) };
  const { since, until, to } = options;
  const book = openBook(options.config, environment, { act: "cdr", object: objectOf({ since, until, to }) });
  const format = options.json === true ? "jsonl" : "csv";
  const paper = options.to === undefined ? undefined : newFile(options.to);
  const write = (text: string): void => {
    if (paper === undefined) terminal.out(text);
    else writeSync(paper, `${text}\n`);
  };
  let count = 0;
  try {
    const head = headOf(format);
    if (head !== undefined) write(head);
    for (const record of book.records(span)) {
      write(lineOf(format, record));
      count++;
    }
  } finally {
    if (paper !== undefined) closeSync(paper);
    book.close();
  }
  if (paper !== undefined) terminal.out(`${count} ${count === 1 ? "row" : "rows"} written to ${options.to}`);
  return exitCodes.ok;
}

/** @throws RingfenceError, ConfigError */
export async function verify(
  options: { readonly config?: string; readonly head?: string },
  { environment, terminal }: CliContext,
): Promise<number> {
  const book = openBook(options.config, environment, undefined);
  try {
    return proveChain(book, options.head, terminal);
  } finally {
    book.close();
  }
}

/** @throws RingfenceError for one that is there: an export overwrites nothing */
function newFile(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new RingfenceError("usage", `${path} cannot be made (${code})`, "Name a file that is not there yet.");
  }
}
