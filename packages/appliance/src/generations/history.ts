/**
 * The configurations that were in force, newest last: text, when, who, why. Kept in a folder of the state directory, so that a
 * generation keeps its number over a restart and `rollback` finds what served before. Secrets never stand in a configuration.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const why = z.enum(["start", "reload", "signal", "rollback", "not-confirmed"]);
export type GenerationReason = z.infer<typeof why>;

const generation = z.strictObject({
  number: z.int().min(1),
  /** ISO 8601. */
  at: z.string(),
  /** Name of the user who asked for it; empty for a start and a signal. */
  by: z.string(),
  why,
  /** False while `reload --confirm` waits for its confirmation, and for ever when it did not come. */
  confirmed: z.boolean(),
  /** SHA-256 of the text, hexadecimal. */
  digest: z.string(),
});
export type Generation = z.infer<typeof generation>;

/** As many as a bad afternoon takes. */
const mostKept = 20;

export class ConfigHistory {
  readonly #dir: string;
  readonly #onTrouble: (detail: string) => void;
  #kept: readonly Generation[];

  /**
   * @param dir made when it is missing
   * @param onTrouble the disk did not take something: what is in force serves on, and cannot be gone back to after a restart
   */
  constructor(dir: string, onTrouble: (detail: string) => void) {
    this.#dir = dir;
    this.#onTrouble = onTrouble;
    this.#kept = readIndex(dir);
  }

  /** Oldest first. */
  get generations(): readonly Generation[] {
    return this.#kept;
  }

  get latest(): Generation | undefined {
    return this.#kept.at(-1);
  }

  /** Undefined when the number is not kept, or its file was damaged. */
  textOf(number: number): string | undefined {
    const entry = this.#kept.find((kept) => kept.number === number);
    if (entry === undefined) return undefined;
    try {
      const text = readFileSync(this.#fileOf(number), "utf8");
      return digestOf(text) === entry.digest ? text : undefined;
    } catch {
      return undefined;
    }
  }

  /** The last one of those that had this text. */
  ofEdition(edition: string): Generation | undefined {
    return this.#kept.findLast(({ digest }) => digest.startsWith(edition));
  }

  /** The text that served before the one in force: the newest confirmed one that differs from it. */
  before(text: string): Generation | undefined {
    const digest = digestOf(text);
    return this.#kept.findLast((kept) => kept.confirmed && kept.digest !== digest);
  }

  /** The newest with this text. */
  latestWith(text: string): Generation | undefined {
    const digest = digestOf(text);
    return this.#kept.findLast((kept) => kept.digest === digest);
  }

  /** What a start may begin with: somebody said that it stays. */
  get lastConfirmed(): Generation | undefined {
    return this.#kept.findLast(({ confirmed }) => confirmed);
  }

  record(entry: Omit<Generation, "number" | "digest">, text: string): Generation {
    const made = { ...entry, number: (this.latest?.number ?? 0) + 1, digest: digestOf(text) };
    this.#write([...this.#kept, made], () => writeFileSync(this.#fileOf(made.number), text, { mode: 0o600 }));
    return made;
  }

  confirm(number: number): void {
    this.#write(this.#kept.map((kept) => (kept.number === number ? { ...kept, confirmed: true } : kept)));
  }

  /** It was recorded, and then was not taken over. */
  withdraw(number: number): void {
    const left = this.#kept.filter((kept) => kept.number !== number);
    this.#write(left, () => rmSync(this.#fileOf(number), { force: true }));
  }

  #write(entries: readonly Generation[], before: () => void = () => undefined): void {
    this.#kept = entries.slice(-mostKept);
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      before();
      // A rename is whole or not at all: an index half written would forget what could be gone back to.
      const index = join(this.#dir, "index.json");
      writeFileSync(`${index}.new`, JSON.stringify(this.#kept), { mode: 0o600 });
      renameSync(`${index}.new`, index);
      for (const gone of entries.slice(0, -mostKept)) rmSync(this.#fileOf(gone.number), { force: true });
    } catch (error) {
      this.#onTrouble(error instanceof Error ? error.message : String(error));
    }
  }

  #fileOf(number: number): string {
    return join(this.#dir, `${number}.yaml`);
  }
}

/** What cannot be read is no history: it begins anew, and serves no wrong text. */
function readIndex(dir: string): readonly Generation[] {
  try {
    const read = z.array(generation).safeParse(JSON.parse(readFileSync(join(dir, "index.json"), "utf8")));
    return read.data ?? [];
  } catch {
    return [];
  }
}

/** What decisions call the configuration that made them. */
export function editionOf(text: string): string {
  return digestOf(text).slice(0, 16);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
