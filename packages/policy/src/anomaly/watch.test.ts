/** Each detector against what it is there for: how many calls get through, and that it lets ordinary ones be. */
import { describe, expect, test } from "vitest";
import { zone } from "../use/zone.ts";
import { readHistoryRecord } from "./history-record.ts";
import { type AnomalyKind, anomalyKinds } from "./kinds.ts";
import { AnomalyWatch, type NewCall } from "./watch.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 10, 2);
const utc = zone("UTC");
const rules = { baselineDays: 14, sensitivity: 4, on: anomalyKinds };

let calls = 0;

class Account {
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
    const found = utc === undefined ? undefined : this.watch.begin(this.name, made, utc.at(wall), rules);
    if (found !== undefined) this.found.push(found);
    return made;
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
function seasoned(name = "1001"): Account {
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

const later = monday + 21 * DAY + 10 * HOUR;
const apart = (turn: number): string => `4989${100_000 + turn * 7_919}`;

test("three weeks of ordinary calls are unusual nowhere", () => {
  expect(seasoned().found).toEqual([]);
});

describe("what gets through before it is found", () => {
  test("burst: four times the three calls in ten minutes that anybody is granted", () => {
    const account = seasoned();
    expect(account.until((turn) => account.call(later + turn * 5_000, { e164: apart(turn) }, 20_000))).toBe(12);
    expect(account.found).toEqual(["burst"]);
  });

  test("burst: of an account that never called, too", () => {
    const account = new Account();
    expect(account.until((turn) => account.call(later + turn * 1_000, { e164: apart(turn) }, 20_000))).toBe(12);
  });

  test("burst: who is busy each day may be", () => {
    const account = new Account();
    for (let day = 0; day < 5; day++) {
      for (let turn = 0; turn < 10; turn++)
        account.call(monday + day * DAY + 9 * HOUR + turn * MINUTE, { e164: apart(turn) });
    }
    const next = monday + 7 * DAY + 9 * HOUR;
    expect(account.until((turn) => account.call(next + turn * 10_000, { e164: apart(turn) }), 60)).toBe(40);
  });

  test("odd-hours: three calls at night", () => {
    const account = seasoned();
    const night = monday + 22 * DAY + 3 * HOUR;
    expect(account.until((turn) => account.call(night + turn * 20 * MINUTE, { e164: apart(turn) }))).toBe(3);
    expect(account.found).toEqual(["odd-hours"]);
  });

  test("odd-hours: two hours before and after the usual are usual, and a weekend is not the week", () => {
    const account = seasoned();
    for (let turn = 0; turn < 9; turn++)
      account.call(monday + 22 * DAY + 6 * HOUR + turn * 12 * MINUTE, { e164: apart(turn) });
    expect(account.found).toEqual([]);
    const saturday = monday + 26 * DAY + 10 * HOUR;
    expect(account.until((turn) => account.call(saturday + turn * 20 * MINUTE, { e164: apart(turn) }))).toBe(3);
  });

  test("short-calls: nine of less than ten seconds in an hour, found when the ninth ends", () => {
    const account = seasoned();
    expect(account.until((turn) => account.call(later + turn * 4 * MINUTE, { e164: apart(turn) }, 6_000))).toBe(8);
    expect(account.found).toEqual(["short-calls"]);
  });

  test("sequential-dialling: four numbers that follow each other, in any order", () => {
    for (const order of [
      [0, 1, 2, 3, 4],
      [4, 0, 2, 1, 3],
      [0, 3, 6, 9, 12],
    ]) {
      const account = seasoned();
      const number = (turn: number): string => `${4_989_500_100 + (order[turn] ?? 0)}`;
      expect(account.until((turn) => account.call(later + turn * 3 * MINUTE, { e164: number(turn) }))).toBe(4);
      expect(account.found).toEqual(["sequential-dialling"]);
    }
  });

  test("new-country: none, and France goes on", () => {
    const account = seasoned();
    account.call(later, { e164: "33140000001", abroad: "FR" });
    expect(account.found).toEqual([]);
    expect(account.until(() => account.call(later + HOUR, { e164: "37060000000", abroad: "LT" }))).toBe(0);
    expect(account.found).toEqual(["new-country"]);
  });

  test("first-international: none, of an account that was silent as long as calls are watched", () => {
    const { watch } = seasoned();
    const silent = new Account(watch, "1002");
    silent.call(later, { e164: "37060000000", abroad: "LT" });
    expect(silent.found).toEqual(["first-international"]);
  });

  test("first-international: in the first half of the baseline everything would be new, and nothing is", () => {
    const account = new Account();
    account.call(monday, {});
    account.call(monday + 6 * DAY, { e164: "37060000000", abroad: "LT" });
    expect(account.found).toEqual([]);
  });

  test.each([
    ["two countries", { e164: "37060000000", abroad: "LT" }],
    ["two networks", { e164: "33140000002", abroad: "FR", network: "203.0" }],
  ])("simultaneous: one call, then %s at one time", (_what, second) => {
    const account = new Account();
    account.begin(later, { e164: "33140000000", abroad: "FR" });
    account.begin(later + 1_000, second);
    expect(account.found).toEqual(["simultaneous"]);
  });

  test("simultaneous: one after the other, or two in one country from one place, is ordinary", () => {
    const account = new Account();
    account.call(later, { e164: "33140000000", abroad: "FR" });
    account.begin(later + HOUR, { e164: "37060000000", abroad: "LT" });
    account.begin(later + HOUR, { e164: "37060000009", abroad: "LT" });
    expect(account.found).toEqual([]);
  });

  test("call-back: none, to the number that rang once or its neighbours, within two days", () => {
    const call = { e164: "37060000042", abroad: "LT" };
    const at = (age: number): Account => {
      const account = seasoned();
      if (utc !== undefined) account.watch.rangOnce("1001", "37060000017", later, utc.at(later), rules);
      account.call(later + age, call);
      return account;
    };
    expect(at(HOUR).found).toEqual(["call-back"]);
    expect(at(49 * HOUR).found).toEqual(["new-country"]);
  });

  test("call-back: to a country that the account calls anyway it is ordinary, to a premium number at home it is not", () => {
    const account = seasoned();
    for (const e164 of ["33140000000", "499001234567"]) {
      if (utc !== undefined) account.watch.rangOnce("1001", e164, later, utc.at(later), rules);
    }
    account.call(later + HOUR, { e164: "33140000000", abroad: "FR" });
    expect(account.found).toEqual([]);
    account.call(later + HOUR, { e164: "499001234567", risky: true });
    expect(account.found).toEqual(["call-back"]);
  });
});

test("what was found is not learnt: the night after it is found again", () => {
  const account = seasoned();
  for (const day of [22, 23, 24]) {
    const night = monday + day * DAY + 3 * HOUR;
    expect(account.until((turn) => account.call(night + turn * 20 * MINUTE, { e164: apart(turn) }))).toBe(3);
    account.watch.settle("1001", "said");
  }
});

test("who resumes an account says that its new country is right", () => {
  const account = seasoned();
  account.call(later, { e164: "37060000000", abroad: "LT" });
  account.call(later + HOUR, { e164: "37060000000", abroad: "LT" });
  expect(account.found).toEqual(["new-country", "new-country"]);
  account.watch.settle("1001", "accept");
  account.call(later + 2 * HOUR, { e164: "37060000000", abroad: "LT" });
  expect(account.found).toHaveLength(2);
});

test("an INVITE that was only asked for its password is no call", () => {
  const account = new Account();
  for (let turn = 0; turn < 40; turn++) {
    const { id } = account.begin(later + turn * 1_000, { e164: apart(turn) });
    account.watch.discard("1001", id);
  }
  expect(account.found).toEqual([]);
});

test("a restart forgets nothing that is usual, and half a record is none", () => {
  const before = seasoned();
  const next = new AnomalyWatch();
  next.since = before.watch.since;
  for (const [account, record] of before.watch.takeChanges()) {
    const read = readHistoryRecord(JSON.parse(JSON.stringify(record)));
    if (read !== undefined) next.restore(account, read);
  }
  expect(before.watch.takeChanges()).toEqual([]);
  const after = new Account(next);
  after.call(later, { e164: "33140000001", abroad: "FR" });
  expect(after.found).toEqual([]);
  after.call(later + HOUR, { e164: "37060000000", abroad: "LT" });
  const night = monday + 22 * DAY + 3 * HOUR;
  expect(after.until((turn) => after.call(night + turn * 20 * MINUTE, { e164: apart(turn) }))).toBe(3);
  for (const half of [undefined, 7, {}, { countries: [["FR", "1"]], slots: [], paces: [], missed: [], today: [] }]) {
    expect(readHistoryRecord(half)).toBeUndefined();
  }
});

test("threat L12: as many accounts as there is room for; the one that called least recently makes room", () => {
  const watch = new AnomalyWatch();
  for (let name = 0; name < 20_100; name++) new Account(watch, String(name)).call(later + name, { e164: apart(name) });
  expect(watch.size).toBe(20_000);
  expect(watch.takeChanges().filter(([, record]) => record === undefined)).toHaveLength(100);
});

test("who has not called within the baseline is forgotten", () => {
  const { watch } = seasoned();
  const day = utc?.dayOf(later + 20 * DAY) ?? 0;
  watch.prune(later + 20 * DAY, rules, () => day);
  expect(watch.size).toBe(0);
});
