/** The same with 100,000 calls, and with an eye on memory: `node test/fuzz/call-storm.fuzz.ts --calls 100000`. */
import { expect, test } from "vitest";
import { CALLS_OF_AN_ACCOUNT, CallStorm } from "../support/storm.ts";

test.each([1, 2, 3])(
  "threat L15: randomised calls through loss, copies, reordering, crossed ends and restarts of the PBX leave every counter as it was (seed %i)",
  (seed) => {
    const storm = new CallStorm(seed);
    const before = storm.counters();
    expect(before).toEqual({
      registrations: 40,
      calls: 0,
      subscriptions: 0,
      server: 0,
      client: 0,
      timers: 40,
      inFlight: 0,
      paidCalls: 0,
      media: 0,
    });
    storm.calls(500);
    expect(storm.counters()).toEqual(before);
    // Each way a call can end was taken: a storm in which every call is refused would prove nothing.
    const ends = storm.totals.ended;
    expect([...ends.values()].reduce((sum, count) => sum + count, 0)).toBe(storm.totals.calls);
    for (const reason of ["hangup", "cancelled", "refused", "no-answer", "session-expired", "max-duration"]) {
      expect([reason, ends.get(reason) ?? 0]).not.toEqual([reason, 0]);
    }
    // Threat L15: what was used is what was spoken, for each that pays, and nothing of it is open.
    const { payers, wrong } = storm.ledger();
    expect(wrong).toEqual([]);
    expect(payers).toBeGreaterThan(30);
    // A counter below zero would let one call too many through, a counter above zero one too few.
    expect(storm.callsOfOneAccount()).toBe(CALLS_OF_AN_ACCOUNT);
    expect(storm.counters()).toEqual(before);
  },
  120_000,
);
