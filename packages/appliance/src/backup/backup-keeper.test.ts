import { expect, test } from "vitest";
import type { Log } from "../logs/logger.ts";
import type { KeptBackup } from "./backup-folder.ts";
import { BackupKeeper, type BackupTerms } from "./backup-keeper.ts";
import { backupRows } from "./backup-rows.ts";
import type { BackupOrder } from "./make-backup.ts";

const day = 86_400_000;
const terms: BackupTerms = {
  order: { config: "/c", stateDir: "/s", folder: "/b", encryptTo: ["age1"], keep: 3 },
  everyMs: day,
  copy: undefined,
};

/** A clock that moves to the next thing that was put off, and a folder that holds what was made. */
function desk() {
  let now = 10 * day + 5_000;
  let waiting: { at: number; work: () => void } | undefined;
  const kept: KeptBackup[] = [];
  const orders: BackupOrder[] = [];
  const copies: string[] = [];
  const lines: string[] = [];
  const copied: (number | null)[] = [];
  const faults: { make?: string | undefined; copy?: string | undefined } = {};
  const log: Pick<Log, "line"> = { line: (level, { event, reason }) => void lines.push(`${level} ${event} ${reason}`) };
  const keeper = new BackupKeeper({
    log: log as Log,
    now: () => now,
    later(ms, work) {
      waiting = { at: now + ms, work };
      return () => {
        waiting = undefined;
      };
    },
    kept: () => [...kept].sort((a, b) => b.at - a.at),
    make(order) {
      orders.push(order);
      const report = async () => {
        if (faults.make !== undefined) throw new Error(faults.make);
        const name = `f${orders.length}`;
        kept.push({ at: order.now, reason: "timer", name, path: `/b/${name}`, size: 9 });
        return { file: `/b/${name}`, at: order.now, size: 9, files: 2, removed: [], environment: [], missing: [] };
      };
      return { report: report(), stop: async () => undefined };
    },
    async copyAway(_command, file) {
      if (faults.copy !== undefined) throw new Error(faults.copy);
      copies.push(file);
    },
    note: ({ copied: when }) => void copied.push(when),
    onRun: (result) => lines.push(result),
  });
  return {
    ...{ keeper, kept, orders, copies, lines, copied, faults },
    /** @returns how long it was waited for */
    async next(): Promise<number> {
      const { at, work } = waiting ?? { at: now, work: () => undefined };
      const waited = at - now;
      now = at;
      work();
      for (let turns = 0; turns < 20; turns++) await Promise.resolve();
      return waited;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test("soon after the start, then at each full interval; one that somebody made meanwhile counts", async () => {
  const { keeper, orders, kept, next } = desk();
  keeper.apply(terms);
  await next();
  expect(orders).toMatchObject([{ folder: "/b", reason: "timer", now: 10 * day + 10_000 }]);
  let waited = 0;
  while (orders.length === 1) waited += await next();
  expect(waited).toBe(day - 10_000);
  kept.push({ at: 12 * day, reason: "by-hand", name: "h", path: "/b/h", size: 9 });
  for (let hours = 0; hours < 30; hours++) await next();
  expect(orders).toHaveLength(2);
  expect(keeper.status()).toEqual({
    last: new Date(12 * day).toISOString(),
    kept: 3,
    everySeconds: 86_400,
    failing: null,
  });
});

test("what fails is said once, tried again each minute, and shown meanwhile", async () => {
  const { keeper, lines, faults, next } = desk();
  faults.make = "no backup was written: ENOSPC";
  keeper.apply(terms);
  await next();
  expect(await next()).toBe(60_000);
  expect(keeper.warnings()).toEqual(["no backup was written: ENOSPC; it is tried again each minute"]);
  expect(keeper.samples()).toEqual([{ name: "backup_age_seconds", value: -1 }]);
  expect(backupRows(keeper.status())).toEqual([["backup", "none yet, every 1d, NOT WRITTEN OR NOT COPIED"]]);
  faults.make = undefined;
  await next();
  expect(keeper.warnings()).toEqual([]);
  expect(keeper.samples()).toEqual([{ name: "backup_age_seconds", value: 0 }]);
  expect(lines).toEqual([
    ...["failed", "error backup not-written", "failed"],
    ...["info backup written-again", "written", "info backup written"],
  ]);
});

test("one that could not be taken elsewhere is not made anew: the taking is tried again", async () => {
  const { keeper, orders, copies, copied, faults, next } = desk();
  faults.copy = "it was not copied";
  keeper.apply({ ...terms, copy: ["/bin/away"] });
  await next();
  await next();
  expect([orders.length, copies, keeper.warnings().length]).toEqual([1, [], 1]);
  faults.copy = undefined;
  await next();
  expect([orders.length, copies, copied]).toEqual([1, ["/b/f1"], [null, expect.any(Number)]]);
  expect(keeper.status()?.failing).toBeNull();
});

test("age: since the last, or since one was wanted; none where none is to come by itself", async () => {
  const { keeper, next, pass } = desk();
  expect([keeper.age(), keeper.status()]).toEqual([undefined, null]);
  pass(day);
  keeper.apply(terms);
  pass(day);
  expect(keeper.age()).toEqual({ ageMs: day, everyMs: day });
  await next();
  pass(60_000);
  expect(keeper.age()).toEqual({ ageMs: expect.any(Number), everyMs: day });
  expect(keeper.age()?.ageMs).toBeLessThan(day);
  keeper.apply({ ...terms, everyMs: undefined });
  expect(keeper.age()).toBeUndefined();
  expect(backupRows(keeper.status())).toEqual([["backup", expect.stringMatching(/1 kept, when asked for$/)]]);
});
