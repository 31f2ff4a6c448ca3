import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NewRecord } from "./record.ts";
import { openRecordFile, type RecordFile } from "./record-file.ts";

let dir: string;
let path: string;
let file: RecordFile;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-records-"));
  path = join(dir, "records.db");
  file = openRecordFile(path);
});

afterEach(() => {
  file.close();
  rmSync(dir, { recursive: true });
});

const call = (n: number, to = `+49301234${n}`): NewRecord => ({
  kind: "call",
  at: n * 1_000,
  facts: { call: `c${n}`, reason: "hangup", duration_ms: 5_000 },
  person: { account: "1001", from: "1001", to },
});

const many = (from: number, to: number): NewRecord[] => Array.from({ length: to - from + 1 }, (_, i) => call(from + i));

/** Somebody who can write the file. */
function tamper(sql: string): void {
  const other = new DatabaseSync(path);
  other.exec(sql);
  other.close();
}

test("rows come back as they were, in order, by the time at which the call ended", () => {
  file.append(many(1, 3));
  file.append([call(4)]);
  expect([...file.records()].map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect([...file.records({ from: 2_000, until: 4_000 })]).toEqual([
    { seq: 2, ...call(2) },
    { seq: 3, ...call(3) },
  ]);
  expect(file.verify()).toMatchObject({ rows: 4, erased: 0, faults: [] });
});

test("nobody else may read the file or its journals", () => {
  file.append(many(1, 3));
  for (const name of readdirSync(dir)) expect([name, statSync(join(dir, name)).mode & 0o777]).toEqual([name, 0o600]);
});

test.each([
  ["a fact", "UPDATE records SET facts = replace(facts, '5000', '9000') WHERE seq = 3", "changed"],
  ["the time", "UPDATE records SET at = at + 1 WHERE seq = 3", "changed"],
  ["the kind", "UPDATE records SET kind = 'refused' WHERE seq = 3", "changed"],
  ["the number", "UPDATE records SET person = replace(person, '4930', '4940') WHERE seq = 3", "person-changed"],
  ["a person, away", "UPDATE records SET person = NULL, salt = NULL WHERE seq = 3", "erased-silently"],
  ["a row, away", "DELETE FROM records WHERE seq = 3", "missing"],
])("changed by hand: %s: said, and which row", (_what, sql, kind) => {
  file.append(many(1, 5));
  tamper(sql);
  expect(file.verify().faults).toEqual([{ seq: 3, kind }]);
});

test("rows swapped, the first dropped, the last dropped: the head that was kept elsewhere shows the last", () => {
  file.append(many(1, 5));
  const { head } = file.verify();
  tamper("DELETE FROM records WHERE seq = 5");
  expect(file.verify().faults).toEqual([]);
  expect(file.verify().head).not.toBe(head);
  tamper("DELETE FROM records WHERE seq = 1");
  expect(file.verify().faults).toEqual([{ seq: 1, kind: "missing" }]);
});

test("one person is erased: the rows stay, the chain holds, and no octet of the number is left in the file", () => {
  file.append([call(1), call(2, "+331555000111"), call(3)]);
  expect(file.erase(({ person }) => person?.["to"] === "+331555000111", 9_000)).toBe(1);
  const rows = [...file.records()];
  expect(rows.map(({ kind, person }) => [kind, person?.["to"]])).toEqual([
    ["call", "+493012341"],
    ["call", undefined],
    ["call", "+493012343"],
    ["erased", undefined],
  ]);
  expect(rows[1]?.facts).toEqual(call(2).facts);
  expect(file.verify()).toMatchObject({ rows: 4, erased: 1, faults: [] });
  // The journal is played into the file when the last one closes it.
  file.close();
  const left = readdirSync(dir).map((name) => readFileSync(join(dir, name), "latin1"));
  expect(left.some((text) => text.includes("331555000111"))).toBe(false);
  file = openRecordFile(path);
});

test("old rows are dropped from the front, and the chain goes on from where it was cut", () => {
  file.append(many(1, 6));
  expect(file.prune(4_000, 10_000)).toBe(3);
  expect(file.prune(4_000, 10_001)).toBe(0);
  file.append([call(20)]);
  expect([...file.records()].map(({ seq, kind }) => [seq, kind])).toEqual([
    [4, "call"],
    [5, "call"],
    [6, "call"],
    [7, "pruned"],
    [8, "call"],
  ]);
  expect(file.verify()).toMatchObject({ rows: 5, faults: [] });
  tamper("DELETE FROM records WHERE seq = 4");
  expect(file.verify().faults).toEqual([{ seq: 4, kind: "missing" }]);
});

test("old rows are dropped some at a time, so that who waits need not wait for all of them", () => {
  file.append(many(1, 6));
  expect([1, 2, 3].map((turn) => file.prune(6_000, 10_000 + turn, 2))).toEqual([2, 2, 1]);
  expect([...file.records()].map(({ seq, kind }) => [seq, kind])).toEqual([
    [6, "call"],
    [7, "pruned"],
    [8, "pruned"],
    [9, "pruned"],
  ]);
  expect(file.head().rows).toBe(4);
  expect(file.verify()).toMatchObject({ rows: 4, faults: [] });
});

test("two who write at one time make one chain", () => {
  const second = openRecordFile(path);
  for (let n = 1; n <= 20; n++) (n % 2 === 0 ? file : second).append([call(n)]);
  second.close();
  expect(file.verify()).toMatchObject({ rows: 20, faults: [] });
});
