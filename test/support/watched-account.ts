/** An account whose calls are watched, with or without a past. */
import { type AnomalyKind, AnomalyWatch, anomalyKinds, type NewCall } from "@ringfence/policy";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday, 00:00 UTC. */
export const monday = Date.UTC(2026, 10, 2);
export const rules = { baselineDays: 14, sensitivity: 4, on: anomalyKinds };

/** Where the account is: UTC. */
export function localAt(wall: number) {
  const day = Math.floor(wall / DAY);
  return { day, weekday: (day + 3) % 7, minute: Math.floor((wall % DAY) / MINUTE) };
}

let calls = 0;

export class Account {
  readonly found: AnomalyKind[] = [];
  readonly watch: AnomalyWatch;
  readonly name: string;

  constructor(watch = new AnomalyWatch(), name = "1001") {
    this.watch = watch;
    this.name = name;
  }

  begin(wall: number, call: Partial<NewCall> = {}): NewCall {
    const made = {
      id: `${++calls}`,
      wall,
      e164: "4930123456",
      abroad: undefined,
      risky: false,
      network: "192.0",
      ...call,
    };
    const found = this.watch.begin(this.name, made, localAt(wall), rules);
    if (found !== undefined) this.found.push(found);
    return made;
  }

  rangOnce(e164: string, wall: number): void {
    this.watch.rangOnce(this.name, e164, wall, localAt(wall), rules);
  }

  /** A whole call. */
  call(wall: number, call: Partial<NewCall> = {}, lastsMs = 3 * MINUTE): void {
    const { id } = this.begin(wall, call);
    const found = this.watch.end(this.name, id, wall + lastsMs, lastsMs, rules);
    if (found !== undefined) this.found.push(found);
  }

  /** Begun until one is found: how many were not. */
  until(next: (turn: number) => void, most = 1_000): number {
    for (let turn = 0; turn < most; turn++) {
      const before = this.found.length;
      next(turn);
      if (this.found.length > before) return turn;
    }
    return most;
  }
}

/** Three weeks of an office: two calls each hour from eight to six, to different numbers, France once a day. */
export function seasoned(name = "1001"): Account {
  const account = new Account(undefined, name);
  for (let day = 0; day < 21; day++) {
    if (day % 7 > 4) continue;
    const morning = monday + day * DAY + 8 * HOUR;
    for (let half = 0; half < 20; half++) {
      account.call(morning + half * 30 * MINUTE, { e164: `49${3_000_000 + ((day * 20 + half) % 40) * 977}` });
    }
    account.call(morning + 15 * MINUTE, { e164: "33140000000", abroad: "FR" });
  }
  return account;
}

export const later = monday + 21 * DAY + 10 * HOUR;
export const apart = (turn: number): string => `4989${100_000 + turn * 7_919}`;
