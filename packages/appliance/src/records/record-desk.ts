/** What is asked of the records from outside: rows that fit, a page at a time, and one row by its number. */
import { RingfenceError } from "@ringfence/policy";
import type { RecordFile, RecordPlace, StoredRecord } from "@ringfence/store";
import { isAbout } from "./person.ts";

export interface RecordSearch {
  /** When the call ended; milliseconds since 1970, `to` is not part of it. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** A number in any form, or an account, an address, the id of a call or of a decision. */
  readonly number?: string | undefined;
  readonly account?: string | undefined;
  readonly reason?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
}

export interface RecordItems {
  /** The newest first. */
  readonly items: readonly StoredRecord[];
  /** For the next page, which may be empty; undefined: this was the last. */
  readonly next: string | undefined;
}

const mostItems = 200;

/** @throws RingfenceError `usage` for a cursor that is none of ours */
export function searchRecords(file: Pick<RecordFile, "search">, search: RecordSearch): RecordItems {
  const { from, to, number, account, reason, after, limit = mostItems } = search;
  const { records, next } = file.search({
    from,
    until: to,
    // The rarer leads; an account has many calls.
    name: number ?? account,
    reason,
    after: after === undefined ? undefined : placeOf(after),
    limit: Math.min(Math.max(1, limit), mostItems),
    matches: (record) =>
      (number === undefined || isNamed(record, number)) &&
      (account === undefined || record.person?.["account"] === account),
  });
  return { items: records, next: next === undefined ? undefined : `${next.at}-${next.seq}` };
}

function isNamed(record: StoredRecord, name: string): boolean {
  const { call, decision } = record.facts;
  return call === name || decision === name || isAbout(record, name);
}

function placeOf(cursor: string): RecordPlace {
  const dash = cursor.lastIndexOf("-");
  const [at, seq] = [Number(cursor.slice(0, dash)), Number(cursor.slice(dash + 1))];
  if (dash > 0 && Number.isSafeInteger(at) && Number.isSafeInteger(seq)) return { at, seq };
  throw new RingfenceError("usage", "that is no place in the records", "Take `next` of the page before, as it is.");
}
