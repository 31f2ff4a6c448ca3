/** A file of prices: prefix, price a minute, and optionally a connection fee and the increment. The longest prefix counts. */
import type { ConfigIssue } from "../issue.ts";
import { type Money, parseMoney } from "./money.ts";

/** In millionths of the currency; the increment in seconds: the first counts whole, then each further one that has begun. */
export interface Rate {
  readonly prefix: string;
  readonly perMinute: number;
  readonly fee: number;
  readonly first: number;
  readonly step: number;
}

export interface Rates {
  /** ISO 4217. */
  readonly currency: string;
  readonly size: number;
  /** @param digits of an international number, without plus; undefined: nobody said what it costs */
  rateOf(digits: string): Rate | undefined;
}

export type LoadedRates =
  | { readonly ok: true; readonly rates: Rates }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

const MOST_LINES = 500_000;
/** A file of another kind is wrong on every line. */
const MOST_ISSUES = 20;

type Complaint = (line: number, message: string, remedy: string) => void;

/** Text of a rates file to prices, or to what is wrong with it, by line. */
export function loadRates(text: string): LoadedRates {
  const issues: ConfigIssue[] = [];
  const complain: Complaint = (line, message, remedy) => {
    issues.push({ code: "bad-format", severity: "error", path: "", line, column: 1, message, remedy });
  };
  const rates = new Map<string, Rate>();
  let currency = "";
  let longest = 0;
  const lines = text.split("\n");
  if (lines.length > MOST_LINES) complain(MOST_LINES, "has more lines than any list of rates", "name a CSV file");
  for (const [index, line] of lines.entries()) {
    if (issues.length >= MOST_ISSUES) break;
    const fields = line.split(",").map((field) => field.trim());
    const [first = ""] = fields;
    if (line.trim() === "" || first.startsWith("#") || first === "prefix") continue;
    if (first === "currency") currency = readCurrency(index + 1, fields, complain) ?? currency;
    else {
      const rate = readRate(index + 1, fields, complain);
      if (rate === undefined) continue;
      if (rates.has(rate.prefix)) complain(index + 1, `+${rate.prefix} stands twice`, "keep one of the lines");
      rates.set(rate.prefix, rate);
      longest = Math.max(longest, rate.prefix.length);
    }
  }
  if (currency === "" && issues.length === 0) complain(1, "names no currency", "write `currency,EUR` above the prices");
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, rates: { currency, size: rates.size, rateOf: (digits) => longestPrefix(rates, longest, digits) } };
}

function longestPrefix(rates: ReadonlyMap<string, Rate>, longest: number, digits: string): Rate | undefined {
  for (let length = Math.min(longest, digits.length); length > 0; length--) {
    const rate = rates.get(digits.slice(0, length));
    if (rate !== undefined) return rate;
  }
  return undefined;
}

function readCurrency(line: number, fields: readonly string[], complain: Complaint): string | undefined {
  const [, name = "", more] = fields;
  if (more === undefined && name.length === 3 && [...name].every((one) => one >= "A" && one <= "Z")) return name;
  complain(line, "is no currency", "write three capital letters: `currency,EUR`");
  return undefined;
}

/** Of a minute or of a connection; nobody asks more. */
const DEAREST = 1_000_000_000;

function readRate(line: number, fields: readonly string[], complain: Complaint): Rate | undefined {
  const [prefix = "", price = "", fee = "", increment = "", more] = fields;
  const digits = prefix.startsWith("+") ? prefix.slice(1) : prefix;
  const fail = (message: string, remedy: string): undefined => {
    complain(line, message, remedy);
    return undefined;
  };
  if (more !== undefined) return fail("has more than four fields", "write `prefix,price,fee,increment`");
  if (digits.length === 0 || digits.length > 15 || [...digits].some((one) => one < "0" || one > "9")) {
    return fail("begins with no prefix", "write the leading digits with country code: `+49151,0.08`");
  }
  const [perMinute, connection] = [parseMoney(price), fee === "" ? none : parseMoney(fee)];
  if (perMinute === undefined || perMinute.micro > DEAREST) return fail("has no price a minute", "write `0.0125`");
  if (connection === undefined || connection.micro > DEAREST)
    return fail("has no readable fee", "write `0.05` or nothing");
  const [first, step] = increment === "" ? [1, 1] : increment.split("/").map(secondsOf);
  if (first === undefined || step === undefined || first < 1 || step < 1) {
    return fail("has no readable increment", "write seconds, the first and the following: `60/1`");
  }
  return { prefix: digits, perMinute: perMinute.micro, fee: connection.micro, first, step };
}

const none: Money = { text: "0", micro: 0 };

function secondsOf(text: string): number {
  const value = Number(text);
  return text.length > 0 && text.length <= 4 && Number.isInteger(value) && value > 0 && value <= 3_600 ? value : -1;
}

/** What a call of that length costs; a fraction of a millionth counts whole. @param ms since the answer */
export function costOf({ perMinute, fee, first, step }: Rate, ms: number): number {
  const seconds = Math.ceil(Math.max(0, ms) / 1_000);
  const billed = first + Math.ceil(Math.max(0, seconds - first) / step) * step;
  return fee + Math.ceil((billed * perMinute) / 60);
}
