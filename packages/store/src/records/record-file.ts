/**
 * The book of calls: one SQLite file, readable by its owner only. The service and a command may write at the same time, so
 * the last link is read inside the transaction that adds to it.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type ChainedRow, commitTo, fieldsText, firstLink, linkOf } from "./chain.ts";
import type { NewRecord, RecordFields, RecordKind, StoredRecord } from "./record.ts";
import { type Anchor, type ChainReport, verifyChain } from "./verify.ts";

export interface RecordSpan {
  /** Milliseconds of the wall clock; the end is not part of it. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

export interface RecordFile {
  /** All or none. @throws what the disk says */
  append(records: readonly NewRecord[]): void;
  /** In the order in which they were written. */
  records(span?: RecordSpan): Iterable<StoredRecord>;
  /** Takes the personal part of each row that matches, for good; says how many. A row of the chain tells which. */
  erase(matches: (record: StoredRecord) => boolean, at: number): number;
  /** Drops rows that ended before; says how many. */
  prune(before: number, at: number): number;
  verify(): ChainReport;
  /** The last link, in hex, and how many rows there are. */
  head(): { readonly rows: number; readonly head: string };
  /** Whether this link, in hex, stands in the chain: a head that was kept elsewhere. */
  holds(link: string): boolean;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, facts TEXT NOT NULL,
    person TEXT, salt BLOB, commitment BLOB NOT NULL, link BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS records_at ON records (at);
`;

/** An `erased` row names so many others. */
const mostNamed = 1_000;

/**
 * @param waitMs how long a write waits for another program's. The service waits for nobody: it tries again later.
 * @throws what the disk says; a file that is no book of calls is not touched
 */
export function openRecordFile(path: string, waitMs = 5_000): RecordFile {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  try {
    // For the schema anybody waits. What is erased is overwritten, not only unlinked.
    database.exec("PRAGMA busy_timeout = 5000");
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; ${schema}`);
    database.exec(`PRAGMA busy_timeout = ${waitMs}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return recordFile(database);
}

function recordFile(database: DatabaseSync): RecordFile {
  const insert = database.prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const last = database.prepare("SELECT seq, link FROM records ORDER BY seq DESC LIMIT 1");
  const between = database.prepare("SELECT * FROM records WHERE at >= ? AND at < ? ORDER BY seq");
  const all = database.prepare("SELECT * FROM records ORDER BY seq");
  const pruned = database.prepare("SELECT facts FROM records WHERE kind = 'pruned' ORDER BY seq DESC LIMIT 1");
  const strip = database.prepare("UPDATE records SET person = NULL, salt = NULL WHERE seq = ?");

  const append = (records: readonly NewRecord[]): void => {
    const head = last.get();
    let seq = Number(head?.["seq"] ?? 0);
    let before = octets(head?.["link"]) ?? firstLink;
    for (const { kind, at, facts, person } of records) {
      const salt = randomBytes(32);
      const text = fieldsText(person);
      const row = { seq: ++seq, kind, at, facts: fieldsText(facts), commitment: commitTo(text, salt) };
      before = linkOf(before, row);
      insert.run(row.seq, kind, at, row.facts, text, salt, row.commitment, before);
    }
  };

  return {
    append: (records) => transaction(database, "IMMEDIATE", () => append(records)),
    *records({ from = 0, until = Number.MAX_SAFE_INTEGER } = {}) {
      for (const row of between.iterate(from, until)) yield stored(chained(row));
    },
    erase(matches, at) {
      // Looked for before anybody has to wait: what is written meanwhile is newer than the wish.
      const found: number[] = [];
      for (const row of all.iterate()) {
        const record = stored(chained(row));
        if (record.person !== undefined && matches(record)) found.push(record.seq);
      }
      return transaction(database, "IMMEDIATE", () => {
        for (const seq of found) strip.run(seq);
        for (let i = 0; i < found.length; i += mostNamed) {
          append([{ kind: "erased", at, facts: { seqs: found.slice(i, i + mostNamed).join(",") }, person: {} }]);
        }
        return found.length;
      });
    },
    prune(before, at) {
      return transaction(database, "IMMEDIATE", () => {
        // Only from the front: a row that ended early behind one that ended late stays as long as that one.
        const first = database.prepare("SELECT min(seq) AS seq FROM records WHERE at >= ?").get(before)?.["seq"];
        const through = first === null || first === undefined ? Number(last.get()?.["seq"] ?? 0) : Number(first) - 1;
        const link = octets(database.prepare("SELECT link FROM records WHERE seq = ?").get(through)?.["link"]);
        if (link === undefined) return 0;
        append([{ kind: "pruned", at, facts: { through, link: hex(link) }, person: {} }]);
        return Number(database.prepare("DELETE FROM records WHERE seq <= ?").run(through).changes);
      });
    },
    // One view of the file, and nobody waits for it.
    verify: () =>
      transaction(database, "DEFERRED", () => verifyChain(chainedRows(all.iterate()), anchorOf(pruned.get()))),
    head: () => ({
      rows: Number(database.prepare("SELECT count(*) AS rows FROM records").get()?.["rows"] ?? 0),
      head: hex(octets(last.get()?.["link"]) ?? firstLink),
    }),
    holds: (link) =>
      database.prepare("SELECT 1 FROM records WHERE link = ?").get(Buffer.from(link, "hex")) !== undefined,
    close: () => database.close(),
  };
}

/** @throws what the work throws; nothing of it stays then */
function transaction<T>(database: DatabaseSync, how: "IMMEDIATE" | "DEFERRED", work: () => T): T {
  database.exec(`BEGIN ${how}`);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

type Row = Readonly<Record<string, unknown>>;

function* chainedRows(rows: Iterable<Row>): Iterable<ChainedRow> {
  for (const row of rows) yield chained(row);
}

function chained(row: Row): ChainedRow {
  return {
    seq: Number(row["seq"]),
    kind: row["kind"] as RecordKind,
    at: Number(row["at"]),
    facts: String(row["facts"]),
    person: typeof row["person"] === "string" ? row["person"] : undefined,
    salt: octets(row["salt"]),
    commitment: octets(row["commitment"]) ?? firstLink,
    link: octets(row["link"]) ?? firstLink,
  };
}

function stored({ seq, kind, at, facts, person }: ChainedRow): StoredRecord {
  return { seq, kind, at, facts: parsed(facts), person: person === undefined ? undefined : parsed(person) };
}

/** A row that somebody changed by hand may hold anything: `verify` says so, reading goes on. */
function parsed(text: string): RecordFields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as RecordFields) : {};
  } catch {
    return {};
  }
}

function anchorOf(row: Row | undefined): Anchor | undefined {
  if (row === undefined) return undefined;
  const { through, link } = parsed(String(row["facts"]));
  return typeof through === "number" && typeof link === "string"
    ? { through, link: Buffer.from(link, "hex") }
    : undefined;
}

function octets(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString("hex");
}
