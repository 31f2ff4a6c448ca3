/**
 * One export of what is new in the book of calls. What is about to be written is noted in the book first, and that it is
 * written afterwards: whenever the process dies, the next run ends what this one began, under the same rows, and no row is in
 * two files.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RecordFile, StoredRecord } from "@ringfence/store";
import type { RecordFormat } from "../record-text.ts";
import { exportName, readExportName } from "./export-name.ts";
import { finishedName, writeRows } from "./write-rows.ts";

export interface ExportPlan {
  /** Absolute. */
  readonly folder: string;
  readonly format: RecordFormat;
  readonly encryptTo: readonly string[];
  readonly keepMs: number | undefined;
  /** Nothing is done when the last export was at this time or later; milliseconds since 1970. */
  readonly due: number;
}

export interface ExportReport {
  /** When the last export was. */
  readonly at: number;
  /** Undefined: nothing was new, or nothing was due. */
  readonly file: string | undefined;
  readonly rows: number;
  /** Rows that were dropped for their age before they were exported. */
  readonly missed: number;
  /** Old files. */
  readonly removed: number;
}

interface Mark {
  /** The last row that is in a file. */
  readonly through: number;
  readonly at?: number;
  readonly begun?:
    | { readonly name: string; readonly at: number; readonly first: number; readonly last: number }
    | undefined;
}

const markName = "export";
/** Read in one go: some milliseconds. */
const rowsAtOnce = 200;

type Book = Pick<RecordFile, "marks" | "behind" | "last">;

/** @throws what the disk says; the next run goes on from there */
export async function exportNew(book: Book, plan: ExportPlan, now: number): Promise<ExportReport> {
  const { at = Number.NEGATIVE_INFINITY, begun } = markOf(book);
  if (begun === undefined && at >= plan.due) return { at, file: undefined, rows: 0, missed: 0, removed: 0 };
  mkdirSync(plan.folder, { recursive: true, mode: 0o700 });
  removeUnfinished(plan.folder);
  const left = begun === undefined ? nothing : await writeThrough(book, plan, begun.at, begun.last);
  const fresh = await writeThrough(book, plan, wholeSeconds(now), book.last);
  setMark(book, { through: markOf(book).through, at: now });
  return {
    at: now,
    file: fresh.file ?? left.file,
    rows: left.rows + fresh.rows,
    missed: left.missed + fresh.missed,
    removed: removeOld(plan, now),
  };
}

type Written = Pick<ExportReport, "file" | "rows" | "missed">;
const nothing: Written = { file: undefined, rows: 0, missed: 0 };

/** All rows up to `last` that are in no file. */
async function writeThrough(book: Book, plan: ExportPlan, at: number, last: number): Promise<Written> {
  const mark = markOf(book);
  const { through, begun } = mark;
  if (begun !== undefined && existsSync(join(plan.folder, begun.name))) {
    setMark(book, { ...mark, through: last, begun: undefined });
    return { ...nothing, file: begun.name };
  }
  const first = book.behind(through, last, 1)[0]?.seq;
  const missed = Math.max(0, (first ?? last + 1) - through - 1);
  if (first === undefined) {
    setMark(book, { ...mark, through: Math.max(through, last), begun: undefined });
    return { ...nothing, missed };
  }
  const range = { at, first, last };
  const name = exportName({ ...range, format: plan.format, encrypted: plan.encryptTo.length > 0 });
  setMark(book, { ...mark, begun: { ...range, name } });
  const rows = await writeRows({ ...plan, path: join(plan.folder, name), rows: rowsBehind(book, through, last) });
  setMark(book, { ...mark, through: last, begun: undefined });
  return { file: name, rows, missed };
}

function* rowsBehind(book: Book, after: number, last: number): Generator<readonly StoredRecord[]> {
  for (let place = after; ; ) {
    const rows = book.behind(place, last, rowsAtOnce);
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    place = end.seq;
  }
}

/** Of a run that died. */
function removeUnfinished(folder: string): void {
  const isOurs = (name: string): boolean => {
    const finished = finishedName(name);
    return finished !== undefined && readExportName(finished) !== undefined;
  };
  for (const name of readdirSync(folder).filter(isOurs)) rmSync(join(folder, name), { force: true });
}

function removeOld({ folder, keepMs }: ExportPlan, now: number): number {
  if (keepMs === undefined) return 0;
  const old = readdirSync(folder).filter((name) => (readExportName(name)?.at ?? now) < now - keepMs);
  for (const name of old) rmSync(join(folder, name), { force: true });
  return old.length;
}

function markOf({ marks }: Book): Mark {
  const text = marks.get(markName);
  return text === undefined ? { through: 0 } : (JSON.parse(text) as Mark);
}

function setMark({ marks }: Book, mark: Mark): void {
  marks.set(markName, JSON.stringify(mark));
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
