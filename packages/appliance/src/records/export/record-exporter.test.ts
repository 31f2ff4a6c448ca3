import type { CdrConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import type { Log } from "../../logs/logger.ts";
import type { ExportPlan, ExportReport } from "./export-run.ts";
import { RecordExporter } from "./record-exporter.ts";

const day = 86_400_000;
const report = (at: number): ExportReport => ({ at, file: "f", rows: 1, missed: 0, removed: 0 });
const cdr = (everyMs: number): CdrConfig => ({
  store: "sqlite",
  keepMs: 90 * day,
  mask: "off",
  export: { to: "spool", everyMs, format: "csv", encryptTo: [], keepMs: undefined },
});

/** A clock that moves to the next thing that was put off. */
function desk() {
  let now = 10 * day + 5_000;
  let waiting: { at: number; work: () => void } | undefined;
  const plans: ExportPlan[] = [];
  const lines: string[] = [];
  const runs: string[] = [];
  let fails: string | undefined;
  const log: Pick<Log, "line"> = { line: (level, { event, reason }) => void lines.push(`${level} ${event} ${reason}`) };
  const exporter = new RecordExporter({
    log: log as Log,
    now: () => now,
    later(ms, work) {
      waiting = { at: now + ms, work };
      return () => {
        waiting = undefined;
      };
    },
    run(plan, at) {
      plans.push(plan);
      return {
        report: fails === undefined ? Promise.resolve(report(at)) : Promise.reject(new Error(fails)),
        stop: async () => undefined,
      };
    },
    onRun: (result) => runs.push(result),
  });
  return {
    exporter,
    plans,
    lines,
    runs,
    fail: (why: string | undefined) => {
      fails = why;
    },
    /** @returns how long it was waited for */
    async next(): Promise<number> {
      const { at, work } = waiting ?? { at: now, work: () => undefined };
      const waited = at - now;
      now = at;
      work();
      for (let turns = 0; turns < 10; turns++) await Promise.resolve();
      return waited;
    },
  };
}

const folderOf = (path: string): string => `/etc/ringfence/${path}`;

test("soon after the start, then at each full interval, and only then", async () => {
  const { exporter, plans, next } = desk();
  exporter.apply({ cdr: cdr(day), folderOf });
  await next();
  expect(plans).toMatchObject([{ folder: "/etc/ringfence/spool", due: 10 * day }]);
  let waited = 0;
  while (plans.length === 1) waited += await next();
  expect(plans[1]?.due).toBe(11 * day);
  expect(waited).toBe(day - 10_000);
});

test("a disk that refuses is said once, tried again each minute, and shown meanwhile", async () => {
  const { exporter, lines, runs, next, fail } = desk();
  fail("ENOSPC");
  exporter.apply({ cdr: cdr(day), folderOf });
  await next();
  expect(await next()).toBe(60_000);
  expect(exporter.warnings()).toEqual(["records of calls are not exported: ENOSPC; it is tried again each minute"]);
  expect(exporter.samples()).toEqual([{ name: "record_export_age_seconds", value: -1 }]);
  fail(undefined);
  await next();
  expect(exporter.warnings()).toEqual([]);
  expect(lines).toEqual(["error export not-written", "info export written-again", "info export written"]);
  expect(runs).toEqual(["failed", "failed", "written"]);
  expect(exporter.samples()).toEqual([{ name: "record_export_age_seconds", value: 0 }]);
});

test("without `export`, and after the end, nothing runs", async () => {
  const { exporter, plans, next } = desk();
  exporter.apply({ cdr: { ...cdr(day), export: undefined }, folderOf });
  await next();
  exporter.apply({ cdr: cdr(day), folderOf });
  await exporter.stop();
  await next();
  expect(plans).toEqual([]);
});
