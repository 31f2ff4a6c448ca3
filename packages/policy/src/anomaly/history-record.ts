/** What of an account's history outlives the process: plain data. Read back as hostile: a file may be anything. */
import { AccountHistory } from "./history.ts";

export interface HistoryRecord {
  readonly countries: readonly (readonly [string, number])[];
  /** Hour, last day, days. */
  readonly slots: readonly (readonly [number, number, number])[];
  /** Day, the busiest ten minutes, the most short calls of an hour. */
  readonly paces: readonly (readonly [number, number, number])[];
  readonly missed: readonly (readonly [string, number])[];
  /** Day, busiest ten minutes, most short calls, 1 where it is not to be learnt, then its hours. */
  readonly today: readonly number[];
}

/** No list is longer. */
const MOST = 128;

export function historyRecord({ countries, slots, paces, missed, today }: AccountHistory): HistoryRecord {
  return {
    countries: [...countries],
    slots: [...slots].map(([slot, { last, days }]) => [slot, last, days]),
    paces: [...paces].map(([day, { burst, short }]) => [day, burst, short]),
    missed: missed.map(({ e164, at }) => [e164, at]),
    today: [today.day, today.burst, today.short, Number(today.spoiled), ...today.slots],
  };
}

export function restoredHistory({ countries, slots, paces, missed, today }: HistoryRecord): AccountHistory {
  const [day = 0, burst = 0, short = 0, spoiled = 0, ...hours] = today;
  const history = new AccountHistory(day);
  for (const [country, last] of countries) history.countries.set(country, last);
  for (const [slot, last, days] of slots) history.slots.set(slot, { last, days });
  for (const [at, most, brief] of paces) history.paces.set(at, { burst: most, short: brief });
  for (const [e164, at] of missed) history.rangOnce(e164, at);
  Object.assign(history.today, { burst, short, spoiled: spoiled === 1 });
  for (const hour of hours) history.today.slots.add(hour);
  return history;
}

/** Undefined: half a record is none. */
export function readHistoryRecord(value: unknown): HistoryRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { countries, slots, paces, missed, today } = value as Readonly<Record<string, unknown>>;
  const named = (row: unknown): boolean => isRow(row, [isText, isCount]);
  const whole =
    isList(countries, named) &&
    isList(slots, (row) => isRow(row, [isCount, isCount, isCount])) &&
    isList(paces, (row) => isRow(row, [isCount, isCount, isCount])) &&
    isList(missed, named) &&
    isList(today, isCount);
  return whole ? (value as HistoryRecord) : undefined;
}

type Fits = (value: unknown) => boolean;

function isList(value: unknown, fits: Fits): boolean {
  return Array.isArray(value) && value.length <= MOST && value.every(fits);
}

function isRow(value: unknown, columns: readonly Fits[]): boolean {
  return Array.isArray(value) && value.length === columns.length && columns.every((fits, at) => fits(value[at]));
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= 64;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
