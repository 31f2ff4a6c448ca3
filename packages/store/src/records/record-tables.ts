/**
 * The tables of the book of calls. Only `records` is proven by the chain; the rest is made from it: a book that an older
 * version wrote, or wrote to in between, is brought up to date when it is opened.
 */
import type { DatabaseSync } from "node:sqlite";
import type { ChainedRow } from "./chain.ts";
import { namesOf } from "./names.ts";
import { chained, fieldsOf } from "./stored-row.ts";
import { seqsOf } from "./verify.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, facts TEXT NOT NULL,
    person TEXT, salt BLOB, commitment BLOB NOT NULL, link BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS records_at ON records (at);
  CREATE INDEX IF NOT EXISTS records_reason ON records (facts ->> 'reason', at) WHERE facts ->> 'reason' IS NOT NULL;
  CREATE TABLE IF NOT EXISTS names (
    name TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (name, at, seq)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** The last row whose names are in `names`. */
const namedThrough = "named-through";

/** What is erased is overwritten, not only unlinked. @throws what the disk says */
export function makeTables(database: DatabaseSync): void {
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; ${schema}`);
}

/** Keeps `names` true. Each of its functions is called inside the transaction that changes `records`. */
export interface NameIndex {
  /** Rows that nobody has told it of; none as a rule. */
  catchUp(): void;
  add(row: Pick<ChainedRow, "seq" | "at">, names: readonly string[]): void;
  remove(row: Pick<ChainedRow, "seq" | "at">, names: readonly string[]): void;
  /** Names of all rows up to this one are there. */
  reached(seq: number): void;
}

export function nameIndex(database: DatabaseSync): NameIndex {
  const insert = database.prepare("INSERT OR IGNORE INTO names VALUES (?, ?, ?)");
  const drop = database.prepare("DELETE FROM names WHERE name = ? AND at = ? AND seq = ?");
  const since = database.prepare("SELECT * FROM records WHERE seq > ? ORDER BY seq");
  const marks = markDesk(database);
  const index: NameIndex = {
    catchUp() {
      const from = Number(marks.get(namedThrough) ?? 0);
      let last = from;
      for (const row of since.iterate(from)) {
        const one = chained(row);
        last = one.seq;
        index.add(one, namesOf(fieldsOf(one.facts), one.person === undefined ? undefined : fieldsOf(one.person)));
        if (from > 0) followOld(database, one);
      }
      if (last > from) index.reached(last);
    },
    add({ seq, at }, names) {
      for (const name of names) insert.run(name, at, seq);
    },
    remove({ seq, at }, names) {
      for (const name of names) drop.run(name, at, seq);
    },
    reached: (seq) => marks.set(namedThrough, String(seq)),
  };
  return index;
}

/** An older version erased or pruned rows whose names it did not know to be elsewhere too. */
function followOld(database: DatabaseSync, { kind, facts }: ChainedRow): void {
  if (kind === "pruned") database.exec("DELETE FROM names WHERE seq NOT IN (SELECT seq FROM records)");
  if (kind !== "erased") return;
  for (const seq of seqsOf(facts)) database.prepare("DELETE FROM names WHERE seq = ?").run(seq);
}

/** Small facts about the book, such as how far it was exported. */
export interface MarkDesk {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

export function markDesk(database: DatabaseSync): MarkDesk {
  const read = database.prepare("SELECT value FROM marks WHERE name = ?");
  const write = database.prepare("INSERT INTO marks VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  return {
    get(name) {
      const value = read.get(name)?.["value"];
      return typeof value === "string" ? value : undefined;
    },
    set: (name, value) => void write.run(name, value),
  };
}
