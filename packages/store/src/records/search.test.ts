import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nameFor, sameNumber } from "./names.ts";
import type { NewRecord } from "./record.ts";
import { openRecordFile, type RecordFile } from "./record-file.ts";
import type { RecordQuery } from "./search.ts";

let dir: string;
let path: string;
let file: RecordFile;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-search-"));
  path = join(dir, "records.db");
  file = openRecordFile(path);
});

afterEach(() => {
  file.close();
  rmSync(dir, { recursive: true });
});

const row = (n: number, more: Partial<NewRecord> = {}): NewRecord => ({
  kind: "call",
  at: n * 1_000,
  facts: { call: `c${n}`, decision: `d${n}`, reason: n % 3 === 0 ? "refused" : "hangup" },
  person: { account: `10${n % 2}`, to: `+4930123${String(n).padStart(4, "0")}`, source: `192.0.2.${n}:5060` },
  ...more,
});

const rows = (count: number): NewRecord[] => Array.from({ length: count }, (_, i) => row(i + 1));

const found = (query: Partial<RecordQuery>): number[] =>
  file.search({ limit: 100, ...query }).records.map(({ seq }) => seq);

test("rows are found by number in any form, account, address, call and decision, reason and time, the newest first", () => {
  file.append(rows(6));
  expect(found({ name: "0049 30 1230004" })).toEqual([4]);
  expect(found({ name: "030/1230004" })).toEqual([4]);
  expect(found({ name: "101" })).toEqual([5, 3, 1]);
  expect(found({ name: "192.0.2.5" })).toEqual([5]);
  expect(found({ name: "c2" })).toEqual([2]);
  expect(found({ name: "d2" })).toEqual([2]);
  expect(found({ reason: "refused" })).toEqual([6, 3]);
  expect(found({ name: "101", reason: "refused" })).toEqual([3]);
  expect(found({ from: 2_000, until: 4_000 })).toEqual([3, 2]);
  expect(found({ name: "101", from: 2_000, until: 5_000 })).toEqual([3]);
  expect(found({ name: "nobody" })).toEqual([]);
  expect(file.byId(3)).toEqual({ seq: 3, ...row(3) });
  expect(file.byId(7)).toBeUndefined();
});

test("pages follow each other without a gap, also over rows of one moment", () => {
  file.append(rows(7).map((one, i) => ({ ...one, at: i < 4 ? 5_000 : 6_000 })));
  const seen: number[] = [];
  for (let after: RecordQuery["after"], page = 0; page < 10; page++) {
    const { records, next } = file.search({ limit: 2, after });
    seen.push(...records.map(({ seq }) => seq));
    if (next === undefined) break;
    after = next;
  }
  expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test("too much looked at ends a page early, and the next goes on behind it", () => {
  file.append(rows(1_000));
  const first = file.search({ limit: 10, matches: ({ seq }) => seq === 1 });
  expect(first.records).toEqual([]);
  expect(first.next).toMatchObject({ seq: 501 });
  expect(file.search({ limit: 10, after: first.next, matches: ({ seq }) => seq === 1 }).records).toHaveLength(1);
});

test("a name with a reason that its rows have not is given up as early", () => {
  file.append(rows(1_200));
  const first = file.search({ limit: 10, name: "101", reason: "cancelled" });
  expect(first).toEqual({ records: [], next: { at: 201_000, seq: 201 } });
  expect(file.search({ limit: 10, name: "101", reason: "cancelled", after: first.next }).next).toBeUndefined();
});

test("what is erased is found by nobody any more, and by its call still", () => {
  file.append(rows(4));
  expect(file.erase(({ seq }) => seq === 2, 9_000)).toBe(1);
  expect(found({ name: "+49301230002" })).toEqual([]);
  expect(found({ name: "192.0.2.2" })).toEqual([]);
  expect(found({ name: "c2" })).toEqual([2]);
  const names = (): number => Number(new DatabaseSync(path).prepare("SELECT count(*) AS n FROM names").get()?.["n"]);
  const before = names();
  file.prune(4_000, 10_000);
  expect(names()).toBeLessThan(before);
  expect(found({ name: "c1" })).toEqual([]);
  expect(found({ name: "c4" })).toEqual([4]);
  expect(file.verify().faults).toEqual([]);
});

/** What an older version knew of the file: its one table. */
function asOlderVersion(work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path);
  work(database);
  database.close();
}

test("a book of an older version is searched as if it were ours, and its chain stays as it was", () => {
  file.append(rows(3));
  const { head } = file.head();
  file.close();
  asOlderVersion((database) => database.exec("DROP TABLE names; DROP TABLE marks; DROP INDEX records_reason"));
  file = openRecordFile(path);
  expect(found({ name: "+49301230002" })).toEqual([2]);
  expect(found({ reason: "refused" })).toEqual([3]);
  expect(file.verify()).toMatchObject({ rows: 3, faults: [], head });
});

test("an older version that wrote and erased in between leaves nobody to be found", () => {
  file.append(rows(3));
  file.close();
  asOlderVersion((database) => {
    database.exec("UPDATE records SET person = NULL, salt = NULL WHERE seq = 2");
    database.exec(
      `INSERT INTO records SELECT 4, 'erased', 9000, '{"seqs":"2"}', '{}', x'00', x'00', x'00' FROM records LIMIT 1`,
    );
    database.exec(
      `INSERT INTO records SELECT 5, 'call', 9001, facts, person, salt, commitment, link FROM records WHERE seq = 3`,
    );
  });
  file = openRecordFile(path);
  expect(found({ name: "+49301230002" })).toEqual([]);
  expect(found({ name: "+49301230003" })).toEqual([5, 3]);
});

test("an address is no number, whatever its digits", () => {
  expect(nameFor("203.0.113.10")).toBe("203.0.113.10");
  expect(nameFor("203.0.113.10:40000")).toBe("203.0.113.10");
  expect(nameFor("[2001:db8::1]:5060")).toBe("2001:db8::1");
  expect(nameFor("+49 (30) 123-456")).toBe("0123456");
  expect(sameNumber("203.0.113.10", "203011310")).toBe(false);
});
