import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogFiles } from "./log-files.ts";
import { asideName, currentName } from "./retention.ts";

const day = 86_400_000;
const noon = Date.UTC(2026, 10, 23, 12);

let root: string;
let path: string;
let now: number;
let said: string[];
let lost: number;
let later: (() => void)[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-logs-"));
  path = join(root, "logs");
  now = noon;
  said = [];
  lost = 0;
  later = [];
});
afterEach(() => rmSync(root, { recursive: true, maxRetries: 5 }));

function open(settings: { readonly maxSize?: number; readonly files?: number } = {}): LogFiles {
  const { maxSize = 1_000, files = 3 } = settings;
  return new LogFiles(
    { path, maxSize, keep: { files } },
    {
      now: () => now,
      later(_ms, work) {
        later.push(work);
        return () => void later.splice(later.indexOf(work), 1);
      },
      onTrouble: (why) => said.push(why),
      onRecovered: () => said.push("recovered"),
      onLost: (lines) => {
        lost += lines;
      },
    },
  );
}

const read = (name = currentName): string => readFileSync(join(path, name), "utf8");
const aside = (): readonly string[] => readdirSync(path).filter((name) => name !== currentName);

test("lines stand in the file in their order, and only their readers can read it", async () => {
  const files = open();
  files.lines("a\n");
  files.lines("b\nc\n");
  await files.close();
  expect(read()).toBe("a\nb\nc\n");
  expect(statSync(join(path, currentName)).mode & 0o777).toBe(0o640);
});

test("a restart goes on in the same file", async () => {
  for (const line of ["a\n", "b\n"]) {
    const files = open();
    files.lines(line);
    now = statSync(root).mtimeMs;
    await files.close();
  }
  expect(read()).toBe("a\nb\n");
});

test("a full file is put aside whole, and only so many are kept", async () => {
  const line = `${"x".repeat(99)}\n`;
  for (let round = 0; round < 6; round++) {
    now = Date.now() + round;
    const files = open({ maxSize: 1_000, files: 2 });
    for (let i = 0; i < 10; i++) files.lines(line);
    await files.close();
  }
  expect(aside()).toHaveLength(2);
  for (const name of [currentName, ...aside()]) expect(read(name)).toBe(line.repeat(10));
});

test("the file of yesterday is put aside when the first line of today comes", async () => {
  now = Date.now();
  const files = open();
  files.lines("yesterday\n");
  files.flush();
  await files.close();
  const next = open();
  now += day;
  next.lines("today\n");
  await next.close();
  expect(read()).toBe("today\n");
  expect(aside()).toEqual([asideName(now)]);
});

test("nothing else in the folder is touched", async () => {
  mkdirSync(path);
  writeFileSync(join(path, "ringfence.log.old"), "mine");
  writeFileSync(join(path, asideName(1)), "old");
  writeFileSync(join(path, asideName(2)), "less old");
  const files = open({ maxSize: 10, files: 1 });
  files.lines("0123456789\n");
  await files.close();
  const again = open({ maxSize: 10, files: 1 });
  again.lines("next\n");
  await again.close();
  expect(aside().toSorted()).toEqual([asideName(noon), "ringfence.log.old"].toSorted());
});

test("a disk that takes nothing stops nobody: it is said once, lines wait, and then all of them are there", async () => {
  writeFileSync(path, "a file where the folder should be");
  const files = open();
  files.lines("a\n");
  while (files.failing === undefined) await new Promise(setImmediate);
  files.lines("b\n");
  later.shift()?.();
  while (later.length === 0) await new Promise(setImmediate);
  expect(said).toHaveLength(1);
  rmSync(path);
  later.shift()?.();
  await files.close();
  expect(said.at(-1)).toBe("recovered");
  expect(files.failing).toBeUndefined();
  expect(read()).toBe("a\nb\n");
  expect(lost).toBe(0);
});

test("what waits is bounded: beyond four megabytes lines are lost and counted", async () => {
  writeFileSync(path, "a file where the folder should be");
  const files = open();
  const megabyte = `${"x".repeat(1_048_575)}\n`;
  for (let i = 0; i < 6; i++) files.lines(megabyte);
  expect(lost).toBeGreaterThanOrEqual(1);
  await files.close();
  expect(lost).toBe(6);
});

test("what waits is written before a process ends that cannot wait", () => {
  mkdirSync(path);
  const files = open();
  files.lines("a\n");
  files.lines("last words\n");
  files.flush();
  expect(read()).toContain("last words\n");
});
