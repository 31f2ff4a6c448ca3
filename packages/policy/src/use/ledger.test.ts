import { array, constantFrom, integer, property, assert as propertyHolds, record } from "fast-check";
import { expect, test } from "vitest";
import { accountPayer, Ledger, type UseLimits } from "./ledger.ts";
import type { Rate } from "./rates.ts";
import { readUseRecord } from "./use-record.ts";
import { zone } from "./zone.ts";

const berlin = zone("Europe/Berlin");
if (berlin === undefined) throw new Error("no zone data");
const alice = accountPayer("1001");
const rate: Rate = { prefix: "44", perMinute: 600_000, fee: 0, first: 1, step: 1 };
const paid = { outside: true, rate };
const limits: UseLimits = { zone: berlin, callsPerHour: undefined, msPerDay: undefined, spendPerDay: undefined };
const HOUR = 3_600_000;

/** The edge's time is 0 at noon of that day in Berlin. */
function ledgerAt(noon = "2026-11-22T11:00:00Z"): Ledger {
  const ledger = new Ledger();
  // biome-ignore lint/style/noRestrictedGlobals: it reads a text, not the clock
  ledger.wallOffset = Date.parse(noon);
  return ledger;
}

test("a call in progress counts as it runs, one that has ended as long as it was", () => {
  const ledger = ledgerAt();
  ledger.begin("a", alice, 0, paid);
  expect(ledger.figures(alice, 5_000, berlin)).toEqual({ callsThisHour: 1, msToday: 0, spentToday: 10_000 });
  ledger.answer("a", 10_000, berlin);
  expect(ledger.figures(alice, 70_000, berlin)).toEqual({ callsThisHour: 1, msToday: 60_000, spentToday: 600_000 });
  ledger.end("a", 130_000);
  for (const now of [130_000, 500_000]) {
    expect(ledger.figures(alice, now, berlin)).toEqual({ callsThisHour: 1, msToday: 120_000, spentToday: 1_200_000 });
  }
});

test("any sixty minutes are an hour, to the millisecond", () => {
  const ledger = ledgerAt();
  for (const at of [0, 10, 20]) ledger.begin(`c${at}`, alice, at, paid);
  const calls = (now: number) => ledger.figures(alice, now, berlin).callsThisHour;
  expect([calls(HOUR - 1), calls(HOUR), calls(HOUR + 10), calls(HOUR + 20)]).toEqual([3, 2, 1, 0]);
});

test("a phone that is asked for its password has called once, not twice", () => {
  const ledger = ledgerAt();
  ledger.begin("asked", alice, 0, paid);
  ledger.discard("asked");
  ledger.begin("again", alice, 30, paid);
  expect(ledger.figures(alice, 40, berlin).callsThisHour).toBe(1);
});

test("the day begins at midnight of the account's zone, and a call belongs to the day it was answered on", () => {
  const ledger = ledgerAt();
  ledger.begin("late", alice, 11 * HOUR, paid);
  ledger.answer("late", 11 * HOUR, berlin);
  expect(ledger.figures(alice, 12 * HOUR - 1, berlin).msToday).toBe(HOUR - 1);
  expect(ledger.figures(alice, 12 * HOUR, berlin).msToday).toBe(0);
  ledger.end("late", 13 * HOUR);
  expect(ledger.figures(alice, 13 * HOUR, berlin)).toMatchObject({ msToday: 0, spentToday: 0 });
});

test("the moment is known at which the day's money is used up by all calls together", () => {
  const ledger = ledgerAt();
  // Two calls at a hundredth of the currency a second.
  for (const [id, at] of [
    ["a", 0],
    ["b", 10_000],
  ] as const) {
    ledger.begin(id, alice, at, paid);
    ledger.answer(id, at, berlin);
  }
  const most = { ...limits, spendPerDay: 1_000_000 };
  const cut = ledger.cut(alice, 10_000, most, 4 * HOUR);
  expect(cut).toEqual({ at: 55_000, reason: "spend-limit", calls: ["a", "b"] });
  expect(ledger.figures(alice, 55_000, berlin).spentToday).toBe(1_000_000);
  expect(ledger.figures(alice, 55_001, berlin).spentToday).toBeGreaterThan(1_000_000);
});

test("yesterday's call is ended by what was left of yesterday's money", () => {
  const ledger = ledgerAt("2026-11-22T22:59:50Z");
  ledger.begin("a", alice, 0, paid);
  ledger.answer("a", 0, berlin);
  const most = { ...limits, spendPerDay: 600_000 };
  expect(ledger.cut(alice, 20_000, most, 4 * HOUR)).toMatchObject({ at: 60_000, calls: ["a"] });
});

test("a call that costs nothing goes on when the money is used up, and none is cut where there is no limit", () => {
  const ledger = ledgerAt();
  ledger.begin("free", alice, 0, { outside: true, rate: { ...rate, perMinute: 0 } });
  ledger.answer("free", 0, berlin);
  ledger.begin("house", alice, 0, { outside: false, rate: undefined });
  ledger.answer("house", 0, berlin);
  expect(ledger.cut(alice, 0, { ...limits, spendPerDay: 0 }, 4 * HOUR)).toBeUndefined();
  expect(ledger.cut(alice, 0, limits, 4 * HOUR)).toBeUndefined();
  expect(ledger.cut(alice, 0, { ...limits, msPerDay: 60_000 }, 4 * HOUR)).toMatchObject({
    at: 60_000,
    calls: ["free"],
  });
});

test("while what is written down does not get there, nothing is known", () => {
  const ledger = ledgerAt();
  ledger.storeGone = true;
  expect(ledger.figures(alice, 0, berlin).msToday).toBeNaN();
});

test("a restart forgets nothing: what ended, what was begun in this hour, and calls that were up until the process died", () => {
  const first = ledgerAt();
  for (const id of ["ended", "up"]) {
    first.begin(id, alice, 0, paid);
    first.answer(id, 0, berlin);
  }
  first.end("ended", 60_000);
  const [[payer, kept] = []] = first.takeChanges(60_000);
  const read = readUseRecord(JSON.parse(JSON.stringify(kept)));
  if (payer === undefined || read === undefined) throw new Error("nothing was kept");
  const second = new Ledger();
  second.wallOffset = first.wallOffset + 90_000;
  second.restore(payer, read, 0, first.wallOffset + 80_000);
  expect(second.figures(alice, 0, berlin)).toEqual({ callsThisHour: 2, msToday: 140_000, spentToday: 1_400_000 });
  expect(second.openCalls).toBe(0);
});

test("threat L15: no order of begin, answer, end and discard, however often, makes a figure negative or leaves a call behind", () => {
  const step = record({
    what: constantFrom("begin", "answer", "end", "discard", "audit"),
    call: integer({ min: 0, max: 5 }),
    wait: integer({ min: -5_000, max: HOUR }),
  });
  propertyHolds(
    property(array(step, { maxLength: 60 }), (steps) => {
      const ledger = ledgerAt();
      let now = 0;
      for (const { what, call, wait } of steps) {
        now += wait;
        const id = `c${call}`;
        if (what === "begin" && ledger.payerOf(id) === undefined) ledger.begin(id, alice, now, paid);
        else if (what === "answer") ledger.answer(id, now, berlin);
        else if (what === "end") ledger.end(id, now);
        else if (what === "discard") ledger.discard(id);
        else if (what === "audit") ledger.audit(new Set(["c0", "c1"]), now);
        for (const figure of Object.values(ledger.figures(alice, now, berlin)))
          expect(figure).toBeGreaterThanOrEqual(0);
      }
      ledger.audit(new Set(), now);
      expect(ledger.openCalls).toBe(0);
      ledger.prune(now + 1_000 * 24 * HOUR, () => berlin);
      expect(ledger.payers).toBe(0);
    }),
  );
});

test.each([undefined, null, 7, {}, { days: [[1, -1, 0]], begun: [], open: [] }, { days: [], begun: [[1]], open: [] }])(
  "%j is no record",
  (value) => expect(readUseRecord(value)).toBeUndefined(),
);
