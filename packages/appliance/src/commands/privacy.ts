/** `ringfence privacy show|erase WHO`: what the records hold about one person, and taking it away for good. */
import type { CliContext } from "../cli.ts";
import { objectOf } from "../control/object-of.ts";
import { exitCodes } from "../failures.ts";
import { openBook } from "../records/find-book.ts";
import { isAbout } from "../records/person.ts";
import { lineOf } from "../records/record-text.ts";

interface Options {
  readonly config?: string;
  readonly yes?: boolean;
}

/** @throws RingfenceError, ConfigError */
export async function show(who: string, { config }: Options, { environment, terminal }: CliContext): Promise<number> {
  const book = openBook(config, environment, { act: "privacy-show", object: objectOf({ who }) });
  try {
    let count = 0;
    for (const record of book.records()) {
      if (!isAbout(record, who)) continue;
      terminal.out(lineOf("jsonl", record));
      count++;
    }
    if (count === 0) terminal.err(`nothing is recorded about ${who}`);
    return exitCodes.ok;
  } finally {
    book.close();
  }
}

/** @throws RingfenceError, ConfigError */
export async function erase(
  who: string,
  { config, yes }: Options,
  { environment, terminal }: CliContext,
): Promise<number> {
  const book = openBook(config, environment, {
    act: yes === true ? "privacy-erase" : "privacy-show",
    object: objectOf({ who }),
  });
  try {
    if (yes !== true) {
      let count = 0;
      for (const record of book.records()) if (isAbout(record, who)) count++;
      terminal.out(
        `${count} ${count === 1 ? "row names" : "rows name"} ${who}. --yes takes numbers, accounts and addresses out of them, for good.`,
      );
      return count === 0 ? exitCodes.ok : exitCodes.refused;
    }
    const count = book.erase((record) => isAbout(record, who), Date.now());
    terminal.out(`${count} ${count === 1 ? "row names" : "rows name"} nobody any more; the calls themselves stay`);
    return exitCodes.ok;
  } finally {
    book.close();
  }
}
