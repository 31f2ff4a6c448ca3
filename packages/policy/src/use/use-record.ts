/** What of a payer outlives the process: plain data, times of the wall clock. Read back as hostile: a file may be anything. */
import type { Rate } from "./rates.ts";

export interface UseRecord {
  /** Day since 1970 in the payer's zone, milliseconds, millionths of the currency. */
  readonly days: readonly (readonly [number, number, number])[];
  /** Minute since 1970, calls begun in it. */
  readonly begun: readonly (readonly [number, number])[];
  /** Calls that were up. */
  readonly open: readonly { readonly day: number; readonly at: number; readonly rate: Rate | undefined }[];
}

const MOST = 20_000;

/** Undefined: half a record is none. */
export function readUseRecord(value: unknown): UseRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { days, begun, open } = value as Readonly<Record<string, unknown>>;
  if (!isList(days, (row) => isRow(row, 3)) || !isList(begun, (row) => isRow(row, 2))) return undefined;
  if (!isList(open, isOpenCall)) return undefined;
  return { days, begun, open } as UseRecord;
}

function isList(value: unknown, fits: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= MOST && value.every(fits);
}

function isRow(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every(isCount);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isOpenCall(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { day, at, rate } = value as Readonly<Record<string, unknown>>;
  return isCount(day) && isCount(at) && (rate === undefined || isRate(rate));
}

function isRate(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { prefix, perMinute, fee, first, step } = value as Readonly<Record<string, unknown>>;
  return typeof prefix === "string" && [perMinute, fee, first, step].every(isCount) && step !== 0;
}
