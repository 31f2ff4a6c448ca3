import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "./failures.ts";
import { ConfigHistory } from "./generations/history.ts";
import type { Loaded } from "./loading.ts";
import { Reloader, type ReloadReport } from "./reload.ts";

const asked = { why: "reload", by: "anna" } as const;

/** Only what a reload looks at. */
function loaded(digest: string, config: object = {}): Loaded {
  const whole = { state: { dir: "/state" }, ...config };
  return {
    digest,
    warnings: [],
    file: { config: whole, text: `# ${digest}` },
    certificates: { digest: "same" },
  } as unknown as Loaded;
}

let dir: string;
let history: ConfigHistory;
/** What waits for its time: ms and work. */
let waiting: (readonly [number, () => void])[];
let next: (text?: string) => Promise<Loaded>;
let applied: Loaded[];
let reports: ReloadReport[];
let failApply: Error | undefined;
let reloader: Reloader;
const first = loaded("a", { policy: { limits: { calls: 500 } } });

afterEach(() => rmSync(dir, { recursive: true }));
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-reload-"));
  history = new ConfigHistory(dir, (detail) => expect.unreachable(detail));
  waiting = [];
  applied = [];
  reports = [];
  failApply = undefined;
  reloader = new Reloader(first, {
    load: (text) => next(text),
    apply: async (to) => {
      if (failApply !== undefined) throw failApply;
      applied.push(to);
    },
    onReport: (report) => reports.push(report),
    history,
    now: () => new Date(0),
    later: (ms, work) => {
      const entry = [ms, work] as const;
      waiting.push(entry);
      return () => void waiting.splice(waiting.indexOf(entry), 1);
    },
  });
});

test("a changed file is taken over and says what changed", async () => {
  const second = loaded("b", { policy: { limits: { calls: 20 } } });
  next = async () => second;
  const report = await reloader.reload(asked);
  expect(report).toMatchObject({ outcome: "applied", generation: 2, exitCode: 0 });
  expect(report.lines).toEqual(["policy.limits.calls: 500 -> 20"]);
  expect(reloader.inForce).toBe(second);
});

test("of a completely different file only the first changes are listed, the rest is counted", async () => {
  next = async () => loaded("b", Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, i])));
  const { lines } = await reloader.reload(asked);
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe("and 31 more");
});

test("a value of the file cannot paint the terminal", async () => {
  next = async () => loaded("b", { policy: { limits: { calls: "\u001b[2J" } } });
  expect((await reloader.reload(asked)).lines).toEqual(["policy.limits.calls: 500 -> \\x1b[2J"]);
});

test("unchanged bytes change nothing and say so", async () => {
  next = async () => loaded("a");
  expect(await reloader.reload(asked)).toMatchObject({ outcome: "unchanged", generation: 1, exitCode: 0 });
  expect(applied).toEqual([]);
  expect(reloader.inForce).toBe(first);
});

const issue = {
  code: "unknown-key",
  path: "x",
  line: 3,
  column: 1,
  message: "no such key",
  remedy: "",
  severity: "error",
};
const refusals: readonly (readonly [string, Error, number])[] = [
  ["a file with errors", new ConfigError("f.yaml", [issue as never]), 78],
  [
    "a file that is gone",
    new RingfenceError("config-unreadable", "f.yaml: there is no such file", "Bring it back."),
    78,
  ],
  ["a certificate that does not fit", new RingfenceError("certificate-bad", "key and certificate differ", "Fix."), 78],
  ["a fault of ours", new TypeError("x is not a function"), 70],
];

test.each(refusals)("%s is refused and the old configuration stays", async (_what, error, exitCode) => {
  next = () => Promise.reject(error);
  const report = await reloader.reload(asked);
  expect(report).toMatchObject({ outcome: "refused", generation: 1, exitCode });
  expect(report.lines.join()).toContain(error instanceof ConfigError ? "f.yaml:3:1: x: no such key" : error.message);
  expect(reloader.inForce).toBe(first);
  expect(reloader.last).toBe(report);
  expect(reports).toEqual([report]);
});

test("what the edge cannot take over is refused", async () => {
  next = async () => loaded("b");
  failApply = new RingfenceError("port-taken", "udp 0.0.0.0:5070 is taken", "Choose another.");
  expect(await reloader.reload(asked)).toMatchObject({ outcome: "refused", exitCode: 78 });
  expect(reloader.inForce).toBe(first);
});

test("the state folder cannot move under a running process", async () => {
  next = async () => loaded("b", { state: { dir: "/elsewhere" } });
  const report = await reloader.reload(asked);
  expect(report.outcome).toBe("refused");
  expect(report.lines[0]).toContain("state.dir");
});

test("a good reload after a refused one is taken over", async () => {
  next = () => Promise.reject(new Error("broken"));
  await reloader.reload(asked);
  next = async () => loaded("b");
  expect(await reloader.reload(asked)).toMatchObject({ outcome: "applied", generation: 2 });
});

test("reloads asked for together run one after the other", async () => {
  const digests = ["b", "c", "d"];
  let running = 0;
  next = async () => {
    running++;
    await Promise.resolve();
    expect(running).toBe(1);
    running--;
    return loaded(digests.shift() ?? "");
  };
  const outcomes = await Promise.all([reloader.reload(asked), reloader.reload(asked), reloader.reload(asked)]);
  expect(outcomes.map((report) => report.generation)).toEqual([2, 3, 4]);
});

/** A reload of the file as it is then. */
async function take(config: Loaded, confirmMs?: number): Promise<ReloadReport> {
  next = async () => config;
  return reloader.reload({ ...asked, confirmMs });
}

const second = loaded("b", { policy: { limits: { calls: 20 } } });

test("a reload that is not confirmed goes back by itself", async () => {
  const report = await take(second, 300_000);
  expect(report).toMatchObject({ outcome: "applied", generation: 2, confirmUntil: "1970-01-01T00:05:00.000Z" });
  expect(reloader.confirmUntil).toBe("1970-01-01T00:05:00.000Z");
  const [[ms, work] = [0, () => undefined]] = waiting.splice(0);
  expect(ms).toBe(300_000);
  work();
  // Behind what the clock began.
  next = async () => first;
  await reloader.reload(asked);
  expect(reports.map(({ why, outcome, generation }) => [why, outcome, generation])).toEqual([
    ["reload", "applied", 2],
    ["not-confirmed", "applied", 3],
    ["reload", "unchanged", 3],
  ]);
  expect(reloader.inForce).toBe(first);
  expect(reloader.confirmUntil).toBeUndefined();
  expect(history.generations.map(({ confirmed }) => confirmed)).toEqual([true, false, true]);
});

test("a confirmed one stays, and there is nothing more to confirm", async () => {
  await take(second, 60_000);
  expect(reloader.confirm()).toBe(2);
  expect(waiting).toEqual([]);
  expect(history.latest).toMatchObject({ number: 2, confirmed: true, by: "anna" });
  expect(() => reloader.confirm()).toThrow("no reload waits for a confirmation");
});

test("of two that wait one after the other, the last confirmed one is gone back to", async () => {
  await take(second, 60_000);
  await take(loaded("c"), 60_000);
  expect(waiting).toHaveLength(1);
  await reloader.rollback("anna");
  expect(reloader.inForce).toBe(first);
  expect(waiting).toEqual([]);
});

test("a reload without a wait confirms: there is nothing to go back to by itself", async () => {
  await take(second, 60_000);
  await take(loaded("c"));
  expect(waiting).toEqual([]);
  expect(reloader.confirmUntil).toBeUndefined();
});

test("a refused reload leaves a waiting one waiting", async () => {
  await take(second, 60_000);
  next = () => Promise.reject(new Error("broken"));
  expect(await reloader.reload(asked)).toMatchObject({ outcome: "refused", confirmUntil: "1970-01-01T00:01:00.000Z" });
  expect(waiting).toHaveLength(1);
});

test("a rollback loads what served before, by its text, and is a generation of its own", async () => {
  await take(second);
  next = async (text) => (text === "# a" ? first : expect.unreachable(text));
  const report = await reloader.rollback("otto");
  expect(report).toMatchObject({ outcome: "applied", why: "rollback", generation: 3 });
  expect(report.lines).toEqual(["policy.limits.calls: 20 -> 500"]);
  expect(history.latest).toMatchObject({ why: "rollback", by: "otto" });
});

test("a rollback to a number takes that one; one that is not kept is refused", async () => {
  await take(second);
  await take(loaded("c"));
  next = async (text) => (text === "# a" ? first : expect.unreachable(text));
  expect(await reloader.rollback("otto", 1)).toMatchObject({ outcome: "applied", generation: 4 });
  const report = await reloader.rollback("otto", 99);
  expect(report).toMatchObject({ outcome: "refused", generation: 4 });
  expect(report.lines[0]).toContain("generation 99 is not kept");
});

test("with nothing before it a rollback is refused", async () => {
  expect((await reloader.rollback("otto")).lines[0]).toContain("there is no earlier configuration");
});

test("a preview says what a reload would change, and changes nothing", async () => {
  next = async () => second;
  expect((await reloader.preview()).changes).toEqual(["policy.limits.calls: 500 -> 20"]);
  expect((await reloader.preview(async () => first)).changes).toEqual([]);
  expect([reloader.inForce, reloader.generation, applied]).toEqual([first, 1, []]);
});

test("after a restart with the same file the generation keeps its number", () => {
  const again = new ConfigHistory(dir, (detail) => expect.unreachable(detail));
  const ports = { load: next, apply: async () => undefined, onReport: () => undefined, later: () => () => undefined };
  const make = (file: Loaded) => new Reloader(file, { ...ports, history: again, now: () => new Date(0) }).generation;
  expect(make(first)).toBe(1);
  expect(make(second)).toBe(2);
});
