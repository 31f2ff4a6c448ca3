/**
 * What one payer, an account or a trunk, has used: what ended calls came to, by day, and the calls there are. Every figure is a sum over
 * both, made when somebody asks: there is no counter that goes up and down, so none can be forgotten or fall below zero (threat L15).
 * A call belongs to the day on which it was answered, whole.
 */
import { HourWindow } from "./hour-window.ts";
import { costOf, type Rate } from "./rates.ts";
import type { UseRecord } from "./use-record.ts";

export interface OpenCall {
  readonly beganAt: number;
  /** Undefined: it costs nothing, and its time counts for nothing: not to an outside number. */
  readonly rate: Rate | undefined;
  readonly outside: boolean;
  /** With its day, once it is answered. */
  answered: { readonly at: number; readonly day: number } | undefined;
}

interface Sum {
  ms: number;
  spent: number;
}

export class Purse {
  readonly open = new Map<string, OpenCall>();
  readonly #days = new Map<number, Sum>();
  #begun = new HourWindow();

  begin(id: string, call: OpenCall): void {
    this.open.set(id, call);
    this.#begun.add(call.beganAt);
  }

  answer(id: string, now: number, day: number): void {
    const call = this.open.get(id);
    if (call !== undefined) call.answered ??= { at: now, day };
  }

  end(id: string, now: number): void {
    const call = this.open.get(id);
    if (call === undefined) return;
    this.open.delete(id);
    if (call.answered !== undefined) this.#settle(call.answered.day, lengthOf(call, now), priceOf(call, now));
  }

  /** It was no call: nobody let it in. */
  discard(id: string): void {
    const call = this.open.get(id);
    if (call === undefined) return;
    this.open.delete(id);
    this.#begun.remove(call.beganAt);
  }

  begun(now: number): number {
    return this.#begun.count(now);
  }

  /** Milliseconds of calls to outside numbers that were answered on that day. */
  ms(day: number, now: number): number {
    let sum = this.#days.get(day)?.ms ?? 0;
    for (const call of this.open.values()) if (call.answered?.day === day) sum += lengthOf(call, now);
    return sum;
  }

  /** Money of that day, in millionths; a call that rings is counted with what its first second will cost. */
  spent(day: number, now: number): number {
    let sum = this.#days.get(day)?.spent ?? 0;
    for (const call of this.open.values()) {
      if (call.answered === undefined || call.answered.day === day) sum += priceOf(call, now);
    }
    return sum;
  }

  /** The days of the calls that are answered. */
  daysOpen(): ReadonlySet<number> {
    const days = new Set<number>();
    for (const { answered } of this.open.values()) if (answered !== undefined) days.add(answered.day);
    return days;
  }

  /** Days that no figure asks for any more are forgotten. The one before stays: the clock may be set back. @returns true when nothing is left */
  prune(now: number, today: number): boolean {
    const open = this.daysOpen();
    for (const day of this.#days.keys()) {
      if (Math.abs(day - today) > 1 && !open.has(day)) this.#days.delete(day);
    }
    return this.open.size === 0 && this.#days.size === 0 && this.begun(now) === 0;
  }

  record(now: number, wallOffset: number): UseRecord {
    return {
      days: [...this.#days].map(([day, { ms, spent }]) => [day, ms, spent]),
      begun: this.#begun.record(now, wallOffset),
      open: [...this.open.values()].flatMap(({ answered, rate, outside }) =>
        answered === undefined || !outside
          ? []
          : [{ day: answered.day, at: Math.floor(answered.at + wallOffset), rate }],
      ),
    };
  }

  /** @param aliveAt wall clock: calls that were up are charged until then, because the process ended with them */
  static restored(record: UseRecord, now: number, wallOffset: number, aliveAt: number): Purse {
    const purse = new Purse();
    for (const [day, ms, spent] of record.days) purse.#settle(day, ms, spent);
    purse.#begun = HourWindow.restored(record.begun, now, wallOffset);
    for (const { day, at, rate } of record.open) {
      const ms = Math.max(0, aliveAt - at);
      purse.#settle(day, ms, rate === undefined ? 0 : costOf(rate, ms));
    }
    return purse;
  }

  #settle(day: number, ms: number, spent: number): void {
    const sum = this.#days.get(day);
    if (sum === undefined) this.#days.set(day, { ms, spent });
    else {
      sum.ms += ms;
      sum.spent += spent;
    }
  }
}

function lengthOf({ answered, outside }: OpenCall, now: number): number {
  return answered === undefined || !outside ? 0 : Math.ceil(Math.max(0, now - answered.at));
}

function priceOf({ answered, rate }: OpenCall, now: number): number {
  if (rate === undefined) return 0;
  return costOf(rate, answered === undefined ? 0 : now - answered.at);
}
