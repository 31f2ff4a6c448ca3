import { RingfenceError } from "@ringfence/policy";
import { expect, test } from "vitest";
import { ConfigError } from "./failures.ts";
import type { Loaded } from "./loading.ts";
import { asked, eachWithBench, first, loaded, type ReloadBench } from "./reload-bench.ts";

let bench: ReloadBench;
eachWithBench((made) => {
  bench = made;
});

test("a changed file is taken over and says what changed", async () => {
  const second = loaded("b", { policy: { limits: { calls: 20 } } });
  bench.next = async () => second;
  const report = await bench.reloader.reload(asked);
  expect(report).toMatchObject({ outcome: "applied", generation: 2, exitCode: 0 });
  expect(report.lines).toEqual(["policy.limits.calls: 500 -> 20"]);
  expect(bench.reloader.inForce).toBe(second);
});

test("of a completely different file only the first changes are listed, the rest is counted", async () => {
  bench.next = async () => loaded("b", Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, i])));
  const { lines } = await bench.reloader.reload(asked);
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe("and 31 more");
});

test("a value of the file cannot paint the terminal", async () => {
  bench.next = async () => loaded("b", { policy: { limits: { calls: "\u001b[2J" } } });
  expect((await bench.reloader.reload(asked)).lines).toEqual(["policy.limits.calls: 500 -> \\x1b[2J"]);
});

test("unchanged bytes change nothing and say so", async () => {
  bench.next = async () => loaded("a");
  expect(await bench.reloader.reload(asked)).toMatchObject({ outcome: "unchanged", generation: 1, exitCode: 0 });
  expect(bench.applied).toEqual([]);
  expect(bench.reloader.inForce).toBe(first);
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
  bench.next = () => Promise.reject(error);
  const report = await bench.reloader.reload(asked);
  expect(report).toMatchObject({ outcome: "refused", generation: 1, exitCode });
  expect(report.lines.join()).toContain(error instanceof ConfigError ? "f.yaml:3:1: x: no such key" : error.message);
  expect(bench.reloader.inForce).toBe(first);
  expect(bench.reloader.last).toBe(report);
  expect(bench.reports).toEqual([report]);
});

test("what the edge cannot take over is refused", async () => {
  bench.next = async () => loaded("b");
  bench.failApply = new RingfenceError("port-taken", "udp 0.0.0.0:5070 is taken", "Choose another.");
  expect(await bench.reloader.reload(asked)).toMatchObject({ outcome: "refused", exitCode: 78 });
  expect(bench.reloader.inForce).toBe(first);
});

test("the state folder cannot move under a running process", async () => {
  bench.next = async () => loaded("b", { state: { dir: "/elsewhere" } });
  const report = await bench.reloader.reload(asked);
  expect(report.outcome).toBe("refused");
  expect(report.lines[0]).toContain("state.dir");
});

test("a certificate that has expired is not brought in; one that expired while it served may stay", async () => {
  const expired = (config: Loaded): Loaded => ({
    ...config,
    certificates: { ...config.certificates, expired: ["edge"] },
  });
  expect(await bench.take(expired(loaded("b")))).toMatchObject({ outcome: "refused", exitCode: 78 });
  await expect(bench.reloader.preview()).rejects.toThrow("certificates.edge has expired");
  expect(await bench.start(expired(first)).reload(asked)).toMatchObject({ outcome: "applied" });
});

test("a good reload after a refused one is taken over", async () => {
  bench.next = () => Promise.reject(new Error("broken"));
  await bench.reloader.reload(asked);
  bench.next = async () => loaded("b");
  expect(await bench.reloader.reload(asked)).toMatchObject({ outcome: "applied", generation: 2 });
});

test("reloads asked for together run one after the other", async () => {
  const digests = ["b", "c", "d"];
  let running = 0;
  bench.next = async () => {
    running++;
    await Promise.resolve();
    expect(running).toBe(1);
    running--;
    return loaded(digests.shift() ?? "");
  };
  const outcomes = await Promise.all([
    bench.reloader.reload(asked),
    bench.reloader.reload(asked),
    bench.reloader.reload(asked),
  ]);
  expect(outcomes.map((report) => report.generation)).toEqual([2, 3, 4]);
});
