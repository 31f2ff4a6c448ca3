/**
 * The ledger of use: who pays for which call, and what a payer has used. Pure state: time is passed in, in the edge's milliseconds, and
 * `wallOffset` leads from them to 1970. Told of each call's begin, answer and end by the edge; `audit` holds it against the call table.
 */
import { type OpenCall, Purse } from "./purse.ts";
import type { Rate } from "./rates.ts";
import type { UseRecord } from "./use-record.ts";
import type { Zone } from "./zone.ts";

/** `account 1001`, `trunk telnyx`: names of accounts hold no space. */
export type Payer = string;

export function accountPayer(account: string): Payer {
  return `account ${account}`;
}

export function trunkPayer(trunk: string): Payer {
  return `trunk ${trunk}`;
}

/** What a payer may use in a day, or in an hour. Undefined: without limit. */
export interface UseLimits {
  readonly zone: Zone;
  readonly callsPerHour: number | undefined;
  readonly msPerDay: number | undefined;
  /** Millionths of the currency. */
  readonly spendPerDay: number | undefined;
}

/** What a payer has used, as a rule sees it. Not a number where it is not known, which refuses. */
export interface UseFigures {
  readonly callsThisHour: number;
  readonly msToday: number;
  readonly spentToday: number;
}

/** Why calls are cut when the day's limits end. */
export type CutReason = "minutes-limit" | "spend-limit";

export interface Cut {
  readonly at: number;
  readonly reason: CutReason;
  readonly calls: readonly string[];
}

const unknown: UseFigures = { callsThisHour: Number.NaN, msToday: Number.NaN, spentToday: Number.NaN };

/** More payers than any site has accounts: beyond, nobody's use is known, and limits refuse. */
const MOST_PAYERS = 100_000;

export class Ledger {
  readonly #purses = new Map<Payer, Purse>();
  readonly #payerOf = new Map<string, Payer>();
  /** Payers whose records changed since they were taken. */
  #changed = new Set<Payer>();
  wallOffset = 0;
  /** What is written down does not get there: limits of a day and an hour refuse. */
  storeGone = false;

  get openCalls(): number {
    return this.#payerOf.size;
  }

  get payers(): number {
    return this.#purses.size;
  }

  payerOf(call: string): Payer | undefined {
    return this.#payerOf.get(call);
  }

  begin(id: string, payer: Payer, now: number, charge: Pick<OpenCall, "rate" | "outside">): void {
    const purse = this.#purses.get(payer) ?? this.#newPurse(payer);
    if (purse === undefined) return;
    purse.begin(id, { ...charge, beganAt: now, answered: undefined });
    this.#payerOf.set(id, payer);
    this.#changed.add(payer);
  }

  answer(id: string, now: number, zone: Zone): void {
    this.#of(id)?.answer(id, now, zone.dayOf(now + this.wallOffset));
  }

  end(id: string, now: number): void {
    this.#of(id)?.end(id, now);
    this.#payerOf.delete(id);
  }

  /** It was no call after all: a phone that was asked for its password, or another payer has it now. */
  discard(id: string): void {
    this.#of(id)?.discard(id);
    this.#payerOf.delete(id);
  }

  figures(payer: Payer, now: number, zone: Zone): UseFigures {
    if (this.storeGone) return unknown;
    const purse = this.#purses.get(payer);
    if (purse === undefined) return this.#purses.size < MOST_PAYERS ? nothing : unknown;
    const today = zone.dayOf(now + this.wallOffset);
    return { callsThisHour: purse.begun(now), msToday: purse.ms(today, now), spentToday: purse.spent(today, now) };
  }

  /** When a day's limit ends the payer's calls, if nothing changes before; undefined: no limit does, within `horizon`. */
  cut(payer: Payer, now: number, limits: UseLimits, horizon: number): Cut | undefined {
    const purse = this.#purses.get(payer);
    if (purse === undefined) return undefined;
    let first: Cut | undefined;
    for (const day of purse.daysOpen()) {
      const calls = [...purse.open].filter(([, { answered, outside }]) => answered?.day === day && outside);
      const used: readonly (readonly [CutReason, number | undefined, (at: number) => number])[] = [
        ["minutes-limit", limits.msPerDay, (at) => purse.ms(day, at)],
        ["spend-limit", limits.spendPerDay, (at) => purse.spent(day, at)],
      ];
      for (const [reason, most, figure] of used) {
        const at = most === undefined ? undefined : lastWithin(now, horizon, most, figure);
        if (at === undefined || (first !== undefined && at >= first.at)) continue;
        const paid = reason === "minutes-limit" ? calls : calls.filter(([, { rate }]) => !isFree(rate));
        if (paid.length > 0) first = { at, reason, calls: paid.map(([id]) => id) };
      }
    }
    return first;
  }

  /** Held against the calls that there are. @returns calls that ended unheard, which should be none; they are settled now */
  audit(calls: ReadonlySet<string>, now: number): readonly { readonly call: string; readonly payer: Payer }[] {
    const lost = [...this.#payerOf].filter(([call]) => !calls.has(call));
    for (const [call] of lost) this.end(call, now);
    return lost.map(([call, payer]) => ({ call, payer }));
  }

  /** Forgets days and payers that no figure asks for. */
  prune(now: number, zoneOf: (payer: Payer) => Zone): void {
    for (const [payer, purse] of this.#purses) {
      if (!purse.prune(now, zoneOf(payer).dayOf(now + this.wallOffset))) continue;
      this.#purses.delete(payer);
      this.#changed.add(payer);
    }
  }

  /** What is to be written down: undefined: the payer has used nothing that still counts. */
  takeChanges(now: number): readonly (readonly [Payer, UseRecord | undefined])[] {
    if (this.#changed.size === 0) return none;
    const changed = this.#changed;
    this.#changed = new Set();
    return [...changed].map((payer) => [payer, this.#purses.get(payer)?.record(now, this.wallOffset)]);
  }

  /** @param aliveAt wall clock: until when the process before this one is known to have lived */
  restore(payer: Payer, record: UseRecord, now: number, aliveAt: number): void {
    if (this.#purses.size >= MOST_PAYERS) return;
    this.#purses.set(payer, Purse.restored(record, now, this.wallOffset, aliveAt));
    this.#changed.add(payer);
  }

  #of(id: string): Purse | undefined {
    const payer = this.#payerOf.get(id);
    if (payer === undefined) return undefined;
    this.#changed.add(payer);
    return this.#purses.get(payer);
  }

  #newPurse(payer: Payer): Purse | undefined {
    if (this.#purses.size >= MOST_PAYERS) return undefined;
    const purse = new Purse();
    this.#purses.set(payer, purse);
    return purse;
  }
}

const nothing: UseFigures = { callsThisHour: 0, msToday: 0, spentToday: 0 };
const none: readonly never[] = [];

function isFree(rate: Rate | undefined): boolean {
  return rate === undefined || (rate.perMinute === 0 && rate.fee === 0);
}

/** The last whole millisecond at which a figure that only grows is within the limit; undefined: beyond the horizon. */
function lastWithin(now: number, horizon: number, most: number, figure: (at: number) => number): number | undefined {
  if (figure(now + horizon) <= most) return undefined;
  let [low, high] = [0, horizon];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (figure(now + middle) > most) high = middle;
    else low = middle + 1;
  }
  return now + Math.max(0, low - 1);
}
