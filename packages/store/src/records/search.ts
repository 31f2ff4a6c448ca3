/** Rows that are looked for, the newest first, a page at a time: by an index always, so that a large book answers as a small one. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { nameFor } from "./names.ts";
import type { StoredRecord } from "./record.ts";
import { stored } from "./stored-row.ts";

export interface RecordQuery {
  /** Milliseconds of the wall clock; `until` is not part of it. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Who or what is named in the row: a number in any form, an account, an address, a call's id or a decision's. */
  readonly name?: string | undefined;
  readonly reason?: string | undefined;
  /** Only rows behind this one. */
  readonly after?: RecordPlace | undefined;
  /** Rows of a page. */
  readonly limit: number;
  /** Names that end alike are found too; what else is to be true of a row. */
  readonly matches?: (record: StoredRecord) => boolean;
}

/** Where a page ended. */
export interface RecordPlace {
  readonly at: number;
  readonly seq: number;
}

export interface RecordPage {
  readonly records: readonly StoredRecord[];
  /** There may be more behind it. A page may be short all the same: it is given up when too much was looked at. */
  readonly next: RecordPlace | undefined;
}

/** Rows looked at for one page: a few milliseconds, in which the service does nothing else. */
const mostLookedAt = 500;

export function searchRecords(database: DatabaseSync, query: RecordQuery): RecordPage {
  const { sql, values } = statementFor(query);
  const { name, reason, matches = () => true } = query;
  const isWanted = (record: StoredRecord): boolean =>
    (name === undefined || reason === undefined || record.facts["reason"] === reason) && matches(record);
  const records: StoredRecord[] = [];
  let looked = 0;
  for (const row of database.prepare(sql).iterate(...values)) {
    const record = stored(row);
    if (isWanted(record)) records.push(record);
    const full = records.length >= query.limit;
    if (full || ++looked >= mostLookedAt) return { records, next: { at: record.at, seq: record.seq } };
  }
  return { records, next: undefined };
}

/** A name leads to its rows; else a reason to its; else the time. Rows that are looked at in vain come out too: they are counted. */
function statementFor({ from, until, name, reason, after }: RecordQuery): {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
} {
  const place = name === undefined ? { at: "records.at", seq: "records.seq" } : { at: "names.at", seq: "names.seq" };
  const terms: [string, ...SQLInputValue[]][] = [];
  if (name !== undefined) terms.push(["names.name = ?", nameFor(name)]);
  else if (reason !== undefined) terms.push([`records.facts ->> 'reason' = ?`, reason]);
  if (from !== undefined) terms.push([`${place.at} >= ?`, from]);
  if (until !== undefined) terms.push([`${place.at} < ?`, until]);
  if (after !== undefined) terms.push([`(${place.at}, ${place.seq}) < (?, ?)`, after.at, after.seq]);
  const where = terms.length === 0 ? "" : `WHERE ${terms.map(([term]) => term).join(" AND ")}`;
  // CROSS JOIN: in this order. The name is the rarer.
  const source = name === undefined ? "records" : "names CROSS JOIN records ON records.seq = names.seq";
  return {
    sql: `SELECT records.* FROM ${source} ${where} ORDER BY ${place.at} DESC, ${place.seq} DESC`,
    values: terms.flatMap(([, ...given]) => given),
  };
}
