/** A file that is there while a process runs: one that is found at the start was left by a process that did not end as it was asked to. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const left = z.object({ since: z.string().max(40), words: z.string().max(2_000) });

/** Of the process before this one. `words`: the fault it died of; empty: it could say nothing. */
export type Unclean = z.infer<typeof left>;

export class RunMarker {
  readonly #path: string;
  readonly #since: string;
  /** Undefined: the process before ended as it should, or there was none. */
  readonly before: Unclean | undefined;

  constructor(stateDir: string, now: number) {
    this.#path = join(stateDir, "running");
    this.#since = new Date(now).toISOString();
    this.before = read(this.#path);
    this.#write("");
  }

  /** Said in the last moment of a process: nothing is awaited. */
  lastWords(words: string): void {
    this.#write(words.slice(0, 2_000));
  }

  end(): void {
    rmSync(this.#path, { force: true });
  }

  /** A disk that takes nothing makes no crash of a start, and no worse one of an end. */
  #write(words: string): void {
    try {
      writeFileSync(this.#path, JSON.stringify({ since: this.#since, words }), { mode: 0o600 });
    } catch {
      // The store says it.
    }
  }
}

function read(path: string): Unclean | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    return left.parse(JSON.parse(text));
  } catch {
    // Cut off in the middle: whoever wrote it did not end well.
    return { since: "", words: "" };
  }
}
