import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NewRecord, openRecordFile, type RecordFile } from "@ringfence/store";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportName, readExportName } from "./export-name.ts";
import { type ExportPlan, exportNew } from "./export-run.ts";
import { exportInThread } from "./export-thread.ts";

let dir: string;
let folder: string;
let book: RecordFile;
let plan: ExportPlan;

const noon = Date.parse("2026-11-23T12:00:00Z");
const hour = 3_600_000;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-export-"));
  folder = join(dir, "spool", "cdr");
  book = openRecordFile(join(dir, "records.db"));
  plan = { folder, format: "jsonl", encryptTo: [], keepMs: undefined, due: noon };
});

afterEach(() => {
  book.close();
  rmSync(dir, { recursive: true });
});

const calls = (from: number, to: number): NewRecord[] =>
  Array.from({ length: to - from + 1 }, (_, i) => {
    const n = from + i;
    return { kind: "call", at: noon + n, facts: { call: `c${n}` }, person: { to: `+4930${n}` } };
  });

/** The numbers of the rows in all files, in the order of the names. */
function exported(): readonly number[] {
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"));
  return lines.map((line) => JSON.parse(line).seq).sort((a, b) => a - b);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("what is new goes into a file of its own that only its owner reads, and nothing new into none", async () => {
  book.append(calls(1, 3));
  expect(await exportNew(book, plan, noon)).toEqual({
    at: noon,
    file: "calls-20261123T120000Z-1-3.jsonl",
    rows: 3,
    missed: 0,
    removed: 0,
  });
  expect(statSync(join(folder, "calls-20261123T120000Z-1-3.jsonl")).mode & 0o777).toBe(0o600);
  expect(await exportNew(book, { ...plan, due: noon + hour }, noon + hour)).toMatchObject({ file: undefined, rows: 0 });
  book.append(calls(4, 5));
  const later = await exportNew(book, { ...plan, due: noon + 2 * hour }, noon + 2 * hour);
  expect(later.file).toBe("calls-20261123T140000Z-4-5.jsonl");
  expect(exported()).toEqual(range(1, 5));
});

test("before the next is due nothing is written", async () => {
  book.append(calls(1, 2));
  await exportNew(book, plan, noon + 5);
  book.append(calls(3, 4));
  expect(await exportNew(book, plan, noon + 60_000)).toMatchObject({ at: noon + 5, file: undefined });
});

/** A process that dies when it asks the book for the n-th time. */
function dying(after: number): RecordFile {
  let left = after;
  const mortal = <T extends readonly unknown[], R>(work: (...given: T) => R) => {
    return (...given: T): R => {
      if (left-- === 0) throw new Error("killed");
      return work(...given);
    };
  };
  const { marks } = book;
  return {
    ...book,
    get last() {
      return book.last;
    },
    behind: mortal(book.behind),
    marks: { get: mortal(marks.get), set: mortal(marks.set) },
  };
}

test("wherever it dies, the next run goes on: each row is in the files once", async () => {
  for (let deaths = 0, n = 0; deaths < 12; deaths++) {
    book.append(calls(n + 1, n + 210));
    n += 210;
    const at = noon + deaths * hour;
    await exportNew(dying(deaths % 9), { ...plan, due: at }, at).catch((error: Error) => error);
  }
  const end = noon + 24 * hour;
  await exportNew(book, { ...plan, due: end }, end);
  expect(exported()).toEqual(range(1, 12 * 210));
  expect(readdirSync(folder).filter((name) => readExportName(name) === undefined)).toEqual([]);
});

test("a file that was whole when the process died is not written again", async () => {
  book.append(calls(1, 2));
  // Twice where it stands, the first row, what is begun, the rows, their end; then that it is done.
  await expect(exportNew(dying(6), plan, noon)).rejects.toThrow("killed");
  const [name = ""] = readdirSync(folder);
  writeFileSync(join(folder, name), "as it was");
  book.append(calls(3, 3));
  const next = await exportNew(book, plan, noon + 1_000);
  expect(next).toMatchObject({ file: "calls-20261123T120001Z-3-3.jsonl", rows: 1 });
  expect(readFileSync(join(folder, name), "utf8")).toBe("as it was");
});

test("rows that were dropped before they were exported are counted", async () => {
  book.append(calls(1, 5));
  book.prune(noon + 4, noon + 4);
  expect(await exportNew(book, plan, noon)).toMatchObject({ missed: 3, rows: 3 });
});

test("old files go, and what is not ours stays", async () => {
  book.append(calls(1, 1));
  await exportNew(book, plan, noon);
  writeFileSync(join(folder, "calls-of-last-year.csv"), "");
  book.append(calls(2, 2));
  const later = noon + 48 * hour;
  const { removed } = await exportNew(book, { ...plan, keepMs: 24 * hour, due: later }, later);
  expect(removed).toBe(1);
  expect(readdirSync(folder)).toEqual(["calls-20261125T120000Z-2-2.jsonl", "calls-of-last-year.csv"]);
});

test("encrypted: who holds a key reads the rows; no other key, and no file that is cut", async () => {
  const [mine, other] = [await generateX25519Identity(), await generateX25519Identity()];
  book.append(calls(1, 800));
  const encryptTo = [await identityToRecipient(mine)];
  const { file = "" } = await exportNew(book, { ...plan, format: "csv", encryptTo }, noon);
  expect(file).toBe("calls-20261123T120000Z-1-800.csv.age");
  const octets = readFileSync(join(folder, file));
  const read = (identity: string, what: Uint8Array): Promise<string> => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(what, "text");
  };
  const text = await read(mine, octets);
  expect(text.split("\r\n").length === 1 && text.trim().split("\n")).toHaveLength(801);
  expect(octets.includes("+4930")).toBe(false);
  await expect(read(other, octets)).rejects.toThrow();
  await expect(read(mine, octets.subarray(0, octets.length - 1))).rejects.toThrow();
  await expect(read(mine, octets.subarray(0, octets.length - 65_552))).rejects.toThrow();
});

test("in a thread of its own: a report, or the reason why there is none", async () => {
  book.append(calls(1, 3));
  const order = { book: join(dir, "records.db"), plan, now: noon };
  expect(await exportInThread(order).report).toMatchObject({ rows: 3 });
  writeFileSync(join(dir, "a-file"), "");
  const bad = { ...plan, folder: join(dir, "a-file"), due: noon + hour };
  await expect(exportInThread({ ...order, plan: bad, now: noon + hour }).report).rejects.toThrow("EEXIST");
});

test("a name says which rows are in the file, and no other name is read", () => {
  const name = { at: noon, first: 7, last: 9, format: "csv", encrypted: true } as const;
  expect(exportName(name)).toBe("calls-20261123T120000Z-7-9.csv.age");
  expect(readExportName(exportName(name))).toEqual(name);
  for (const strange of [
    "calls-20261123T120000Z-07-9.csv",
    "calls-x-1-2.csv",
    "calls-20261123T120000Z-1-2.txt",
    ".",
    "",
  ])
    expect(readExportName(strange)).toBeUndefined();
});
