import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRecordFile } from "./records/record-file.ts";
import { bringToShape, NewerShape, type ShapeStep } from "./shapes.ts";
import { openSqliteStore } from "./sqlite.ts";

let dir: string;
let path: string;
let database: DatabaseSync;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-shapes-"));
  path = join(dir, "state.db");
  database = new DatabaseSync(path);
  database.exec("CREATE TABLE bans (who TEXT)");
  bring([]);
  database.exec("INSERT INTO bans VALUES ('192.0.2.1')");
});
afterEach(() => {
  database.close();
  rmSync(dir, { recursive: true });
});

const steps: readonly ShapeStep[] = [
  { up: "ALTER TABLE bans ADD COLUMN why TEXT", down: "ALTER TABLE bans DROP COLUMN why" },
  { up: "ALTER TABLE bans RENAME TO locks", down: "ALTER TABLE locks RENAME TO bans" },
];
const bring = (wanted: readonly ShapeStep[]): void => bringToShape(database, { path, steps: wanted, now: 7 });
const shape = (): unknown => database.prepare("PRAGMA user_version").get()?.["user_version"];
const copies = (): readonly string[] => readdirSync(dir).filter((name) => name.includes(".before-shape-"));
const bans = (of: DatabaseSync): unknown =>
  of
    .prepare("SELECT who FROM bans")
    .all()
    .map(({ who }) => who);

test("an upgrade takes a copy and then every step; a second start changes nothing", () => {
  expect([shape(), copies()]).toEqual([1, []]);
  bring(steps);
  expect(database.prepare("SELECT who, why FROM locks").all()).toEqual([{ who: "192.0.2.1", why: null }]);
  expect([shape(), copies()]).toEqual([3, ["state.db.before-shape-1-7"]]);
  const copy = new DatabaseSync(join(dir, copies()[0] ?? ""));
  expect(bans(copy)).toEqual(["192.0.2.1"]);
  copy.close();
  bring(steps);
  expect(copies()).toHaveLength(1);
});

test("a downgrade goes the way back that the later version left, and an upgrade after it comes again", () => {
  bring(steps);
  database.exec("INSERT INTO locks VALUES ('192.0.2.2', 'fraud')");
  bring(steps.slice(0, 1));
  expect([shape(), bans(database)]).toEqual([2, ["192.0.2.1", "192.0.2.2"]]);
  bring([]);
  expect([shape(), bans(database)]).toEqual([1, ["192.0.2.1", "192.0.2.2"]]);
  expect(copies().toSorted()).toEqual([1, 2, 3].map((n) => `state.db.before-shape-${n}-7`));
  expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ways_back'").get()).toBeUndefined();
  bring(steps);
  expect(shape()).toBe(3);
});

test("a step that fails leaves the file as it was, and the copy", () => {
  expect(() => bring([...steps, { up: "ALTER TABLE nothing DROP COLUMN x", down: "" }])).toThrow("nothing");
  expect([shape(), bans(database)]).toEqual([1, ["192.0.2.1"]]);
});

test("without a way back a file of a later version is refused and not touched: it is not damaged", () => {
  database.exec("PRAGMA user_version = 9");
  expect(() => bring(steps)).toThrow(NewerShape);
  database.close();
  const before = readFileSync(path);
  expect(() => openSqliteStore(path, 1)).toThrow("shape 9, and 1 is the last that is known here");
  expect(() => openRecordFile(path)).toThrow(NewerShape);
  expect(readFileSync(path).subarray(100)).toEqual(before.subarray(100));
  expect(readdirSync(dir).filter((name) => name.includes("damaged"))).toEqual([]);
  database = new DatabaseSync(path);
});
