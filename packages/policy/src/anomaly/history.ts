/**
 * What one account's calls to outside numbers were like: by day what is usual, and the last hours as they were. Whole numbers, each list
 * with an end; times are those of the wall clock, and passed in. Today is learnt when it is over, so that nothing unusual makes itself usual.
 */

const HOUR = 3_600_000;
/** A call-back comes within this time of the call that it answers. */
const CALL_BACK = 48 * HOUR;
/** Calls at odd hours belong together within this time. */
const NIGHT = 12 * HOUR;
const MOST = { countries: 64, recent: 500, odd: 64, shorts: 500, missed: 16, open: 100 } as const;

/** A call to an outside number as it begins. */
export interface WatchedCall {
  readonly id: string;
  readonly wall: number;
  /** In the account's zone: days since 1970, and the hour, those of a weekend 24 later. */
  readonly day: number;
  readonly slot: number;
  readonly e164: string;
  /** Undefined: not abroad. */
  readonly abroad: string | undefined;
  /** It costs who calls it more than a number of its country does. */
  readonly risky: boolean;
  /** Where the caller's packets come from. */
  readonly network: string;
  /** The country that is in; undefined: nobody knows. */
  readonly from?: string | undefined;
}

export interface Pace {
  burst: number;
  short: number;
}

export interface Habit {
  last: number;
  /** On so many days without a gap as long as the baseline. */
  days: number;
}

interface Today extends Pace {
  day: number;
  readonly slots: Set<number>;
  /** Something of it was unusual: its pace and hours are not learnt. */
  spoiled: boolean;
}

export interface Missed {
  readonly e164: string;
  readonly at: number;
}

export class AccountHistory {
  /** With the last day on which each was called. */
  readonly countries = new Map<string, number>();
  /** Hours at which it called, today not counted. */
  readonly slots = new Map<number, Habit>();
  readonly paces = new Map<number, Pace>();
  readonly open = new Map<string, WatchedCall>();
  recent: WatchedCall[] = [];
  odd: number[] = [];
  shorts: number[] = [];
  missed: Missed[] = [];
  today: Today;
  /** A country that was unusual, learnt when somebody says that it is right. */
  doubted: string | undefined;

  constructor(day: number) {
    this.today = { day, slots: new Set(), burst: 0, short: 0, spoiled: false };
  }

  /** Learns the days that are over and forgets those before the baseline. A clock that was set back turns nothing. */
  turnTo(day: number, wall: number, baselineDays: number): void {
    this.recent = this.recent.filter(({ wall: at }) => at > wall - HOUR);
    this.shorts = this.shorts.filter((at) => at > wall - HOUR);
    this.odd = this.odd.filter((at) => at > wall - NIGHT);
    this.missed = this.missed.filter(({ at }) => at > wall - CALL_BACK);
    const { today } = this;
    if (day <= today.day) return;
    if (!today.spoiled && today.slots.size > 0) {
      this.paces.set(today.day, { burst: today.burst, short: today.short });
      for (const slot of today.slots) {
        this.slots.set(slot, { last: today.day, days: (this.slots.get(slot)?.days ?? 0) + 1 });
      }
    }
    this.today = { day, slots: new Set(), burst: 0, short: 0, spoiled: false };
    const first = day - baselineDays;
    for (const [country, last] of this.countries) if (last < first) this.countries.delete(country);
    for (const [slot, { last }] of this.slots) if (last < first) this.slots.delete(slot);
    for (const last of this.paces.keys()) if (last < first) this.paces.delete(last);
  }

  begin(call: WatchedCall, isOdd: boolean): void {
    if (this.open.size < MOST.open) this.open.set(call.id, call);
    push(this.recent, call, MOST.recent);
    if (isOdd) push(this.odd, call.wall, MOST.odd);
    this.today.slots.add(call.slot);
  }

  /** It was no call: a phone that was asked for its password. */
  discard(id: string): void {
    const call = this.open.get(id);
    if (call === undefined) return;
    this.open.delete(id);
    this.recent = this.recent.filter((one) => one.id !== id);
    const at = this.odd.lastIndexOf(call.wall);
    if (at >= 0) this.odd.splice(at, 1);
  }

  short(wall: number): void {
    push(this.shorts, wall, MOST.shorts);
  }

  rangOnce(e164: string, at: number): void {
    push(this.missed, { e164, at }, MOST.missed);
  }

  called(country: string, day: number): void {
    this.countries.delete(country);
    this.countries.set(country, day);
    const [oldest] = this.countries.keys();
    if (this.countries.size > MOST.countries && oldest !== undefined) this.countries.delete(oldest);
  }

  /** Somebody was told of what was unusual: it is counted anew. */
  said(): void {
    if (this.doubted !== undefined) this.called(this.doubted, this.today.day);
    this.doubted = undefined;
    this.recent = [];
    this.odd = [];
    this.shorts = [];
    this.missed = [];
  }

  /** Somebody says that it was right. */
  accept(): void {
    this.said();
    this.today.spoiled = false;
  }

  /** Nothing is known that would make a call of tomorrow usual or unusual. */
  get isEmpty(): boolean {
    const { countries, slots, paces, open, missed, today } = this;
    return countries.size + slots.size + paces.size + open.size + missed.length + today.slots.size === 0;
  }
}

function push<T>(list: T[], entry: T, most: number): void {
  list.push(entry);
  if (list.length > most) list.shift();
}
