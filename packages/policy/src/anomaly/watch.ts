/**
 * The calls of all accounts, watched: what began, what ended, who rang once. Pure state with an end: beyond so many accounts the one
 * that called least recently is forgotten, which costs it what was usual for it, and costs nobody else anything.
 */
import type { LocalTime } from "../use/zone.ts";
import { callsNow, isOddHour, tooManyShort, unusual } from "./detect.ts";
import { AccountHistory, type WatchedCall } from "./history.ts";
import { type HistoryRecord, historyRecord, restoredHistory } from "./history-record.ts";
import type { AnomalyKind, AnomalyRules } from "./kinds.ts";

const DAY = 86_400_000;
/** More accounts than any site has. */
const MOST_ACCOUNTS = 20_000;
/** Shorter than any conversation. */
const SHORT = 10_000;

/** What the edge says of a call: the rest is known from before. */
export type NewCall = Omit<WatchedCall, "day" | "slot">;

export class AnomalyWatch {
  /** Who called last comes last. */
  readonly #accounts = new Map<string, AccountHistory>();
  #changed = new Set<string>();
  /** Wall clock: since when calls are watched here. What is new can be said only after a while. */
  since: number | undefined;

  get size(): number {
    return this.#accounts.size;
  }

  /** @param local the call's time where the account is. @returns what is unusual about it */
  begin(account: string, call: NewCall, local: LocalTime, rules: AnomalyRules): AnomalyKind | undefined {
    this.since ??= call.wall;
    const hour = Math.floor(local.minute / 60);
    const watched = { ...call, day: local.day, slot: local.weekday > 4 ? 24 + hour : hour };
    const history = this.#of(account, watched, rules);
    const known = { history, rules, watchedDays: Math.floor((call.wall - this.since) / DAY) };
    const found = unusual(known, watched);
    history.begin(watched, isOddHour(known, watched.slot));
    if (found !== undefined) history.today.spoiled = true;
    else history.today.burst = Math.max(history.today.burst, callsNow(history, call.wall));
    if (call.abroad !== undefined) {
      if (found === undefined) history.called(call.abroad, local.day);
      else history.doubted = call.abroad;
    }
    return found;
  }

  /** @param answeredMs how long it was up; undefined: nobody answered */
  end(
    account: string,
    id: string,
    wall: number,
    answeredMs: number | undefined,
    rules: AnomalyRules,
  ): AnomalyKind | undefined {
    const history = this.#accounts.get(account);
    if (history?.open.delete(id) !== true || answeredMs === undefined || answeredMs >= SHORT) return undefined;
    history.turnTo(history.today.day, wall, rules.baselineDays);
    history.short(wall);
    this.#changed.add(account);
    if (tooManyShort(history, rules)) {
      history.today.spoiled = true;
      return "short-calls";
    }
    history.today.short = Math.max(history.today.short, history.shorts.length);
    return undefined;
  }

  /** It was no call: a phone that was asked for its password comes again with the one it meant. */
  discard(account: string, id: string): void {
    this.#accounts.get(account)?.discard(id);
  }

  /** An outside number rang the account and was gone. */
  rangOnce(account: string, e164: string, wall: number, local: LocalTime, rules: AnomalyRules): void {
    this.since ??= wall;
    this.#of(account, { wall, day: local.day }, rules).rangOnce(e164, wall);
  }

  /** What was unusual was said and is let go on (`said`), or somebody says that it was right (`accept`). */
  settle(account: string, how: "said" | "accept"): void {
    const history = this.#accounts.get(account);
    if (history === undefined) return;
    history[how]();
    this.#changed.add(account);
  }

  /** Accounts of which nothing within the baseline is known. @param dayOf today, where an account is */
  prune(wall: number, rules: AnomalyRules, dayOf: (account: string) => number): void {
    for (const [account, history] of this.#accounts) {
      history.turnTo(dayOf(account), wall, rules.baselineDays);
      if (history.isEmpty) this.#forget(account);
    }
  }

  /** What is to be written down; undefined: nothing is known any more. */
  takeChanges(): readonly (readonly [string, HistoryRecord | undefined])[] {
    const changed = this.#changed;
    if (changed.size === 0) return [];
    this.#changed = new Set();
    return [...changed].map((account) => {
      const history = this.#accounts.get(account);
      return [account, history && historyRecord(history)];
    });
  }

  restore(account: string, record: HistoryRecord): void {
    if (this.#accounts.size < MOST_ACCOUNTS) this.#accounts.set(account, restoredHistory(record));
  }

  #of(
    account: string,
    { wall, day }: Pick<WatchedCall, "wall" | "day">,
    { baselineDays }: AnomalyRules,
  ): AccountHistory {
    const history = this.#accounts.get(account) ?? new AccountHistory(day);
    this.#accounts.delete(account);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= MOST_ACCOUNTS && oldest !== undefined) this.#forget(oldest);
    this.#accounts.set(account, history);
    this.#changed.add(account);
    history.turnTo(day, wall, baselineDays);
    return history;
  }

  #forget(account: string): void {
    this.#accounts.delete(account);
    this.#changed.add(account);
  }
}
