/**
 * The book of calls: one SQLite file, readable by its owner only. The service and a command may write at the same time, so
 * the last link is read inside the transaction that adds to it.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { bringToShape, type ShapeStep } from "../shapes.ts";
import { type ChainedRow, commitTo, fieldsText, firstLink, linkOf } from "./chain.ts";
import { namesOf } from "./names.ts";
import type { NewRecord, StoredRecord } from "./record.ts";
import { type MarkDesk, makeTables, markDesk, nameIndex } from "./record-tables.ts";
import { type RecordPage, type RecordQuery, searchRecords } from "./search.ts";
import { chained, fieldsOf, octets, type Row, stored } from "./stored-row.ts";
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
  /** The newest first. */
  search(query: RecordQuery): RecordPage;
  byId(seq: number): StoredRecord | undefined;
  /** At most so many behind row `after`, up to row `end`, in the order in which they were written. */
  behind(after: number, end: number, most: number): readonly StoredRecord[];
  /** The last row; 0: there is none. */
  readonly last: number;
  readonly marks: MarkDesk;
  /** Takes the personal part of each row that matches, for good; says how many. A row of the chain tells which. */
  erase(matches: (record: StoredRecord) => boolean, at: number): number;
  /** Drops rows that ended before, the oldest, so many at most; says how many. */
  prune(before: number, at: number, most?: number): number;
  verify(): ChainReport;
  /** The last link, in hex, and how many rows there are. */
  head(): { readonly rows: number; readonly head: string };
  /** Whether this link, in hex, stands in the chain: a head that was kept elsewhere. */
  holds(link: string): boolean;
  close(): void;
}

/** Of this version: shape 1 is the first, each step leads to the next. */
const steps: readonly ShapeStep[] = [];

/** An `erased` row names so many others. */
const mostNamed = 1_000;

/**
 * @param waitMs how long a write waits for another program's. The service waits for nobody: it tries again later.
 * @throws what the disk says; NewerShape for a book of a later version; a file that is no book of calls is not touched
 */
export function openRecordFile(path: string, waitMs = 5_000): RecordFile {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  try {
    // For the tables anybody waits.
    database.exec("PRAGMA busy_timeout = 5000");
    bringToShape(database, { path, steps, now: Date.now() });
    makeTables(database);
    const file = recordFile(database);
    database.exec(`PRAGMA busy_timeout = ${waitMs}`);
    return file;
  } catch (error) {
    database.close();
    throw error;
  }
}

function recordFile(database: DatabaseSync): RecordFile {
  const insert = database.prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const last = database.prepare("SELECT seq, link FROM records ORDER BY seq DESC LIMIT 1");
  const oldest = database.prepare("SELECT seq, at FROM records ORDER BY seq LIMIT ?");
  const between = database.prepare("SELECT * FROM records WHERE at >= ? AND at < ? ORDER BY seq");
  const all = database.prepare("SELECT * FROM records ORDER BY seq");
  const pruned = database.prepare("SELECT facts FROM records WHERE kind = 'pruned' ORDER BY seq DESC LIMIT 1");
  const through = database.prepare("SELECT * FROM records WHERE seq <= ?");
  const behind = database.prepare("SELECT * FROM records WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?");
  const one = database.prepare("SELECT * FROM records WHERE seq = ?");
  const strip = database.prepare("UPDATE records SET person = NULL, salt = NULL WHERE seq = ?");

  const names = nameIndex(database);
  const marks = markDesk(database);

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
      names.add(row, namesOf(facts, person));
    }
    names.reached(seq);
  };
  transaction(database, "IMMEDIATE", () => names.catchUp());

  return {
    append: (records) => transaction(database, "IMMEDIATE", () => append(records)),
    *records({ from = 0, until = Number.MAX_SAFE_INTEGER } = {}) {
      for (const row of between.iterate(from, until)) yield stored(row);
    },
    erase(matches, at) {
      // Looked for before anybody has to wait: what is written meanwhile is newer than the wish.
      const found: StoredRecord[] = [];
      for (const row of all.iterate()) {
        const record = stored(row);
        if (record.person !== undefined && matches(record)) found.push(record);
      }
      return transaction(database, "IMMEDIATE", () => {
        for (const record of found) {
          strip.run(record.seq);
          names.remove(record, namesOf({}, record.person));
        }
        for (let i = 0; i < found.length; i += mostNamed) {
          const seqs = found.slice(i, i + mostNamed).map(({ seq }) => seq);
          append([{ kind: "erased", at, facts: { seqs: seqs.join(",") }, person: {} }]);
        }
        return found.length;
      });
    },
    prune(before, at, most = Number.MAX_SAFE_INTEGER) {
      return transaction(database, "IMMEDIATE", () => {
        // Only from the front: a row that ended early behind one that ended late stays as long as that one.
        let end = 0;
        for (const row of oldest.iterate(most)) {
          if (Number(row["at"]) >= before) break;
          end = Number(row["seq"]);
        }
        const link = octets(one.get(end)?.["link"]);
        if (link === undefined) return 0;
        append([{ kind: "pruned", at, facts: { through: end, link: hex(link) }, person: {} }]);
        for (const row of through.iterate(end)) {
          const record = stored(row);
          names.remove(record, namesOf(record.facts, record.person));
        }
        return Number(database.prepare("DELETE FROM records WHERE seq <= ?").run(end).changes);
      });
    },
    search: (query) => searchRecords(database, query),
    byId(seq) {
      const row = one.get(seq);
      return row && stored(row);
    },
    behind: (after, end, most) => behind.all(after, end, most).map(stored),
    get last() {
      return Number(last.get()?.["seq"] ?? 0);
    },
    marks,
    // One view of the file, and nobody waits for it.
    verify: () =>
      transaction(database, "DEFERRED", () => verifyChain(chainedRows(all.iterate()), anchorOf(pruned.get()))),
    head() {
      const [first, end] = [oldest.get(1)?.["seq"], last.get()];
      // Counted by their numbers, which have no gap: looking at each takes as long as there are many.
      const rows = first === undefined ? 0 : Number(end?.["seq"]) - Number(first) + 1;
      return { rows, head: hex(octets(end?.["link"]) ?? firstLink) };
    },
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

function* chainedRows(rows: Iterable<Row>): Iterable<ChainedRow> {
  for (const row of rows) yield chained(row);
}

function anchorOf(row: Row | undefined): Anchor | undefined {
  if (row === undefined) return undefined;
  const { through, link } = fieldsOf(String(row["facts"]));
  return typeof through === "number" && typeof link === "string"
    ? { through, link: Buffer.from(link, "hex") }
    : undefined;
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString("hex");
}
