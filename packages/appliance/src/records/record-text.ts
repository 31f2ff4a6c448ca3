/** Rows of the book of calls as lines: CSV (RFC 4180) for a spreadsheet, JSON for programs. */
import type { StoredRecord } from "@ringfence/store";
import { factFields, personFields } from "./call-record.ts";

const columns: readonly string[] = ["seq", "kind", "ended_at", ...personFields, ...factFields];

export const csvHead: string = columns.join(",");

export function csvLine(record: StoredRecord): string {
  const values = flat(record);
  return columns.map((name) => csvCell(values[name])).join(",");
}

export function jsonLine(record: StoredRecord): string {
  const values = flat(record);
  // In the order of the columns, then what only the book's own rows have.
  const names = new Set([...columns.filter((name) => name in values), ...Object.keys(values)]);
  return JSON.stringify(Object.fromEntries([...names].map((name) => [name, values[name]])));
}

function flat({ seq, kind, at, facts, person }: StoredRecord): Readonly<Record<string, string | number>> {
  const ended = new Date(at).toISOString();
  return { seq, kind, ended_at: ended, ...(person ?? { account: "erased" }), ...facts };
}

/** A spreadsheet takes a cell that begins like a formula for one, and a peer chooses what it is called. */
const formulaStarts = "=@\t+-";

function csvCell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = formulaStarts.includes(value.charAt(0)) && value !== "" && !isNumber(value) ? `'${value}` : value;
  const plain = ![...text].some((c) => c === '"' || c === "," || c === "\n" || c === "\r");
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}

/** `+4930123456`, also with its end hidden. */
function isNumber(text: string): boolean {
  return [...text].every((c, i) => (c >= "0" && c <= "9") || (c === "+" && i === 0) || (c === "*" && i > 0));
}
