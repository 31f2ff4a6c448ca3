/** A row of the file as its columns, as the chain reads it, and as others are given it. */
import { type ChainedRow, firstLink } from "./chain.ts";
import type { RecordFields, RecordKind, StoredRecord } from "./record.ts";

export type Row = Readonly<Record<string, unknown>>;

export function chained(row: Row): ChainedRow {
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

export function stored(row: Row): StoredRecord {
  const { seq, kind, at, facts, person } = chained(row);
  return { seq, kind, at, facts: fieldsOf(facts), person: person === undefined ? undefined : fieldsOf(person) };
}

/** A row that somebody changed by hand may hold anything: `verify` says so, reading goes on. */
export function fieldsOf(text: string): RecordFields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as RecordFields) : {};
  } catch {
    return {};
  }
}

export function octets(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
