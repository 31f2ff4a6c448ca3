/**
 * Rows of the book of calls as lines: CSV (RFC 4180) for a spreadsheet, JSON for programs. Peers chose what is in them
 * (threat L14): a line is ASCII, is one line, and nothing in it is a command of a terminal or a formula.
 */
import type { RecordFields, StoredRecord } from "@ringfence/store";
import { asciiJson } from "../ascii-json.ts";
import { cleanText } from "../logs/clean-text.ts";
import { factFields, personFields } from "./call-record.ts";

export const recordFormats = ["csv", "jsonl"] as const;
export type RecordFormat = (typeof recordFormats)[number];

/** The last two: what a row of the book's own says. */
const columns: readonly string[] = [
  ...["seq", "kind", "started_at", "ended_at"],
  ...personFields,
  ...factFields,
  ...["seqs", "through"],
];

/** What stands before the first row; undefined: nothing. */
export function headOf(format: RecordFormat): string | undefined {
  return format === "csv" ? columns.join(",") : undefined;
}

export function lineOf(format: RecordFormat, record: StoredRecord): string {
  return format === "csv" ? csvLine(record) : jsonLine(record);
}

function csvLine(record: StoredRecord): string {
  const values = flat(record);
  return columns.map((name) => csvCell(values.get(name))).join(",");
}

/** In the order of the columns, then what they do not know. */
function jsonLine(record: StoredRecord): string {
  const values = flat(record);
  const names = new Set([...columns.filter((name) => values.has(name)), ...values.keys()]);
  // Fields are defined, not assigned: a name in a file that somebody changed by hand means nothing.
  return asciiJson(Object.fromEntries([...names].map((name) => [name, values.get(name)])));
}

type Value = string | number | boolean;

function flat({ seq, kind, at, facts, person = { account: "erased" } }: StoredRecord): ReadonlyMap<string, Value> {
  const began = startOf(kind, at, facts);
  return new Map<string, Value>([
    ["seq", seq],
    ["kind", kind],
    ...(began === undefined ? [] : [["started_at", began] as const]),
    ["ended_at", isoTime(at)],
    ...Object.entries(person),
    ...Object.entries(facts),
  ]);
}

function startOf(kind: StoredRecord["kind"], at: number, { setup_ms, duration_ms }: RecordFields): string | undefined {
  const took = Number(setup_ms ?? 0) + Number(duration_ms ?? 0);
  return kind === "call" && Number.isFinite(took) ? isoTime(at - took) : undefined;
}

/** Of a date that `Date` does not know, the milliseconds. */
function isoTime(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
}

/** A spreadsheet takes a cell that begins like a formula for one, and where a cell begins its user's country says. */
const formulaStarts = "=@+-";
const cellEnds = `,;|"`;

function csvCell(value: Value | undefined): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = isNumber(value) ? value : withoutFormulas(cleanText(value));
  const plain = ![...text].some((character) => cellEnds.includes(character));
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}

function withoutFormulas(text: string): string {
  let safe = "";
  for (const character of text) {
    const begins = safe === "" || cellEnds.includes(safe.charAt(safe.length - 1));
    safe += begins && formulaStarts.includes(character) ? `'${character}` : character;
  }
  return safe;
}

/** `+4930123456`, also with its end hidden. */
function isNumber(text: string): boolean {
  return [...text].every((c, i) => (c >= "0" && c <= "9") || (c === "+" && i === 0) || (c === "*" && i > 0));
}
