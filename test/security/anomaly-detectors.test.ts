/** Each detector against what it is there for: how many calls get through, and that it lets ordinary ones be. */
import { describe, expect, test } from "vitest";
import { Account, apart, DAY, HOUR, later, MINUTE, monday, seasoned } from "../support/watched-account.ts";

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

  test("simultaneous: where the caller's country is known, two of them are found at home too, and two networks of one are not", () => {
    const account = new Account();
    account.begin(later, { e164: "4930123456", from: "DE", network: "192.0" });
    account.begin(later + 1_000, { e164: "4930123457", from: "DE", network: "203.0" });
    account.begin(later + 2_000, { e164: "33140000000", abroad: "FR", from: "DE", network: "192.0" });
    account.begin(later + 3_000, { e164: "33140000009", abroad: "FR", from: "DE", network: "203.0" });
    expect(account.found).toEqual([]);
    account.begin(later + 4_000, { e164: "4930123458", from: "VN", network: "113.160" });
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
      account.rangOnce("37060000017", later);
      account.call(later + age, call);
      return account;
    };
    expect(at(HOUR).found).toEqual(["call-back"]);
    expect(at(49 * HOUR).found).toEqual(["new-country"]);
  });

  test("call-back: to a country that the account calls anyway it is ordinary, to a premium number at home it is not", () => {
    const account = seasoned();
    for (const e164 of ["33140000000", "499001234567"]) {
      account.rangOnce(e164, later);
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
