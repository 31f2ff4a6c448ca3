import { RingfenceError } from "@ringfence/policy";
import { beforeEach, expect, test } from "vitest";
import { ConfigError } from "./failures.ts";
import type { Loaded } from "./loading.ts";
import { Reloader, type ReloadReport } from "./reload.ts";

/** Only what a reload looks at. */
function loaded(digest: string, config: object = {}): Loaded {
  const whole = { state: { dir: "/state" }, ...config };
  return {
    digest,
    warnings: [],
    file: { config: whole },
    certificates: { digest: "same" },
  } as unknown as Loaded;
}

let next: () => Promise<Loaded>;
let applied: Loaded[];
let reports: ReloadReport[];
let failApply: Error | undefined;
let reloader: Reloader;
const first = loaded("a", { policy: { limits: { calls: 500 } } });

beforeEach(() => {
  applied = [];
  reports = [];
  failApply = undefined;
  reloader = new Reloader(first, {
    load: () => next(),
    apply: async (to) => {
      if (failApply !== undefined) throw failApply;
      applied.push(to);
    },
    onReport: (report) => reports.push(report),
    now: () => new Date(0),
  });
});

test("a changed file is taken over and says what changed", async () => {
  const second = loaded("b", { policy: { limits: { calls: 20 } } });
  next = async () => second;
  const report = await reloader.reload();
  expect(report).toMatchObject({ outcome: "applied", generation: 2, exitCode: 0 });
  expect(report.lines).toEqual(["policy.limits.calls: 500 -> 20"]);
  expect(reloader.inForce).toBe(second);
});

test("of a completely different file only the first changes are listed, the rest is counted", async () => {
  next = async () => loaded("b", Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, i])));
  const { lines } = await reloader.reload();
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe("and 31 more");
});

test("a value of the file cannot paint the terminal", async () => {
  next = async () => loaded("b", { policy: { limits: { calls: "\u001b[2J" } } });
  expect((await reloader.reload()).lines).toEqual(["policy.limits.calls: 500 -> \\x1b[2J"]);
});

test("unchanged bytes change nothing and say so", async () => {
  next = async () => loaded("a");
  expect(await reloader.reload()).toMatchObject({ outcome: "unchanged", generation: 1, exitCode: 0 });
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
  const report = await reloader.reload();
  expect(report).toMatchObject({ outcome: "refused", generation: 1, exitCode });
  expect(report.lines.join()).toContain(error instanceof ConfigError ? "f.yaml:3:1: x: no such key" : error.message);
  expect(reloader.inForce).toBe(first);
  expect(reloader.last).toBe(report);
  expect(reports).toEqual([report]);
});

test("what the edge cannot take over is refused", async () => {
  next = async () => loaded("b");
  failApply = new RingfenceError("port-taken", "udp 0.0.0.0:5070 is taken", "Choose another.");
  expect(await reloader.reload()).toMatchObject({ outcome: "refused", exitCode: 78 });
  expect(reloader.inForce).toBe(first);
});

test("the state folder cannot move under a running process", async () => {
  next = async () => loaded("b", { state: { dir: "/elsewhere" } });
  const report = await reloader.reload();
  expect(report.outcome).toBe("refused");
  expect(report.lines[0]).toContain("state.dir");
});

test("a good reload after a refused one is taken over", async () => {
  next = () => Promise.reject(new Error("broken"));
  await reloader.reload();
  next = async () => loaded("b");
  expect(await reloader.reload()).toMatchObject({ outcome: "applied", generation: 2 });
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
  const outcomes = await Promise.all([reloader.reload(), reloader.reload(), reloader.reload()]);
  expect(outcomes.map((report) => report.generation)).toEqual([2, 3, 4]);
});
