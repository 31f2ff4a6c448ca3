/**
 * How old each secret is: since when its content was first seen here. What is remembered is a keyed hash of it, never the secret;
 * the key is one of the state folder. The time of a file is believed only where it says more: for what was there before us.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";

export interface SeenSecret {
  /** As configured: `trunks.NAME.credentials.password`. */
  readonly name: string;
  readonly text: string;
  /** When its file changed, in milliseconds since 1970. */
  readonly changedAt: number | undefined;
}

const remembered = z.strictObject({ mark: z.string().length(32), since: z.number() });
type Remembered = z.infer<typeof remembered>;

/** Where the marks outlive the process. */
export interface AgeKeeper {
  readonly key: Uint8Array;
  readonly restored: readonly (readonly [name: string, record: unknown])[];
  keep(name: string, record: unknown): void;
}

export interface SecretAge {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export class SecretAges {
  readonly #keeper: AgeKeeper;
  #known: ReadonlyMap<string, Remembered>;

  constructor(keeper: AgeKeeper) {
    this.#keeper = keeper;
    this.#known = new Map(
      keeper.restored.flatMap(([name, record]) => {
        const { data } = remembered.safeParse(record);
        return data === undefined ? [] : [[name, data]];
      }),
    );
  }

  /** All that the configuration in force names; what it names no longer is forgotten. */
  note(seen: readonly SeenSecret[], now: number): void {
    const before = this.#known;
    const known = new Map<string, Remembered>();
    for (const { name, text, changedAt } of seen) {
      const mark = createHmac("sha256", this.#keeper.key)
        .update(name)
        .update("\0")
        .update(text)
        .digest("hex")
        .slice(0, 32);
      const last = before.get(name);
      const since = last?.mark === mark ? last.since : begin(last, changedAt, now);
      known.set(name, { mark, since });
      if (last?.mark !== mark) this.#keeper.keep(name, { mark, since });
    }
    for (const name of before.keys()) if (!known.has(name)) this.#keeper.keep(name, undefined);
    this.#known = known;
  }

  /** The oldest first. */
  get ages(): readonly SecretAge[] {
    return [...this.#known].map(([name, { since }]) => ({ name, since })).sort((one, other) => one.since - other.since);
  }
}

/** A file that was changed between the last time and now was changed then; one that was put back is new all the same. */
function begin(last: Remembered | undefined, changedAt: number | undefined, now: number): number {
  if (changedAt === undefined || changedAt > now) return now;
  return last === undefined || changedAt > last.since ? changedAt : now;
}
