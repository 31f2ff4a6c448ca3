/** The detectors: each holds one call, as it begins or ends, against the account's own history. Pure: nothing is changed. */
import type { AccountHistory, WatchedCall } from "./history.ts";
import type { AnomalyKind, AnomalyRules } from "./kinds.ts";

const TEN_MINUTES = 600_000;
/** The busiest ten minutes and the most short calls of an hour that every account is granted: one that never called has no usual. */
const leastBurst = 3;
const leastShort = 2;
/** One night of calls makes no hour of the week usual; of a weekend there are few days. */
const leastDays = 2;
/** Who calls at an hour may call two hours before and after. */
const around = [22, 23, 0, 1, 2];
/** Numbers at most so far apart follow each other. */
const nextTo = 3;
/** Wangiri rings from a block and hopes for a call to any number of it. */
const sameBlock = 2;
/** Digits that a whole number holds exactly. */
const exactDigits = 15;

export interface Case {
  readonly history: AccountHistory;
  readonly rules: AnomalyRules;
  /** For how long calls have been watched here. */
  readonly watchedDays: number;
}

type AtBegin = (known: Case, call: WatchedCall) => boolean;

/** In this order: what says most comes first. */
const detectors: readonly (readonly [AnomalyKind, AtBegin])[] = [
  ["call-back", isCallBack],
  ["simultaneous", isSimultaneous],
  ["first-international", isFirstAbroad],
  ["new-country", isNewCountry],
  ["sequential-dialling", isSequence],
  ["burst", isBurst],
  ["odd-hours", isOddAgain],
];

/** What is unusual about a call that begins; undefined: nothing. */
export function unusual(known: Case, call: WatchedCall): AnomalyKind | undefined {
  return detectors.find(([kind, finds]) => known.rules.on.includes(kind) && finds(known, call))?.[0];
}

/** One more short call of an answered one. */
export function tooManyShort(history: AccountHistory, rules: AnomalyRules): boolean {
  return rules.on.includes("short-calls") && history.shorts.length > mostShort(history, rules);
}

/** At an hour at which it never called; who has hardly ever called has no hours. */
export function isOddHour({ history, rules, watchedDays }: Case, slot: number): boolean {
  // A weekend comes once a week: its hours are known after two of them.
  if (watchedDays < rules.baselineDays || history.paces.size < rules.sensitivity) return false;
  const day = slot - (slot % 24);
  const least = day === 0 ? leastDays : 1;
  return !around.some((step) => (history.slots.get(day + ((slot + step) % 24))?.days ?? 0) >= least);
}

/** Calls within the ten minutes before, this one not counted. */
export function callsNow({ recent }: AccountHistory, wall: number): number {
  return recent.filter(({ wall: at }) => at > wall - TEN_MINUTES).length;
}

function isBurst({ history, rules }: Case, { wall }: WatchedCall): boolean {
  return callsNow(history, wall) + 1 > mostAtOnce(history, rules);
}

function mostAtOnce({ paces }: AccountHistory, { sensitivity }: AnomalyRules): number {
  return sensitivity * Math.max(leastBurst, ...[...paces.values()].map(({ burst }) => burst));
}

function mostShort({ paces }: AccountHistory, { sensitivity }: AnomalyRules): number {
  return sensitivity * Math.max(leastShort, ...[...paces.values()].map(({ short }) => short));
}

function isOddAgain(known: Case, { slot }: WatchedCall): boolean {
  return isOddHour(known, slot) && known.history.odd.length + 1 >= known.rules.sensitivity;
}

function isFirstAbroad(known: Case, { abroad }: WatchedCall): boolean {
  return abroad !== undefined && known.history.countries.size === 0 && knowsCountries(known);
}

function isNewCountry(known: Case, { abroad }: WatchedCall): boolean {
  return abroad !== undefined && !known.history.countries.has(abroad) && knowsCountries(known);
}

/** Before, everything would be new. An account that has never called since is known not to. */
function knowsCountries({ rules, watchedDays }: Case): boolean {
  return watchedDays * 2 >= rules.baselineDays;
}

function isSimultaneous({ history }: Case, call: WatchedCall): boolean {
  return [...history.open.values()].some((other) => areApart(other, call));
}

/** Two countries are two places whomever they call. Where the countries are not known, two networks are when both call abroad. */
function areApart(one: WatchedCall, other: WatchedCall): boolean {
  const known = one.from !== undefined && other.from !== undefined;
  if (known && one.from !== other.from) return true;
  if (one.abroad === undefined || other.abroad === undefined) return false;
  return one.abroad !== other.abroad || (!known && one.network !== other.network);
}

/** One who calls a company calls some of its extensions; nobody calls five that follow each other. */
function isSequence({ history, rules }: Case, { e164 }: WatchedCall): boolean {
  const numbers = new Set([...history.recent, { e164 }].map((call) => Number(call.e164.slice(0, exactDigits))));
  const sorted = [...numbers].sort((a, b) => a - b);
  let run = 1;
  for (const [at, number] of sorted.entries()) {
    run = number - (sorted[at - 1] ?? Number.NEGATIVE_INFINITY) <= nextTo ? run + 1 : 1;
    if (run > rules.sensitivity) return true;
  }
  return false;
}

function isCallBack(known: Case, call: WatchedCall): boolean {
  if (!call.risky && !isNewCountry(known, call)) return false;
  const block = call.e164.slice(0, -sameBlock);
  return known.history.missed.some((missed) => missed.e164.slice(0, -sameBlock) === block);
}
