/** What is remembered of accounts' calls: beyond a restart, and with an end. */
import { AnomalyWatch, readHistoryRecord } from "@ringfence/policy";
import { expect, test } from "vitest";
import {
  Account,
  apart,
  DAY,
  HOUR,
  later,
  localAt,
  MINUTE,
  monday,
  rules,
  seasoned,
} from "../support/watched-account.ts";

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
  const { day } = localAt(later + 20 * DAY);
  watch.prune(later + 20 * DAY, rules, () => day);
  expect(watch.size).toBe(0);
});
