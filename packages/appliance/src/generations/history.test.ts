import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Loaded } from "../loading.ts";
import { firstConfig } from "./first-config.ts";
import { ConfigHistory } from "./history.ts";

let dir: string;
let troubles: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-history-"));
  troubles = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (): ConfigHistory => new ConfigHistory(dir, (detail) => troubles.push(detail));
const entry = { at: "2026-01-01T00:00:00.000Z", by: "anna", why: "reload", confirmed: true } as const;

test("what was recorded is there after a restart, with its text", () => {
  open().record(entry, "pbx: a");
  const again = open();
  expect(again.generations).toMatchObject([{ number: 1, by: "anna", why: "reload", confirmed: true }]);
  expect(again.textOf(1)).toBe("pbx: a");
  expect(again.textOf(2)).toBeUndefined();
});

test("the last twenty are kept, and no file more", () => {
  const history = open();
  for (let i = 1; i <= 25; i++) history.record(entry, `n: ${i}`);
  expect(history.generations.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
  expect(readdirSync(dir)).toHaveLength(21);
  expect(open().textOf(5)).toBeUndefined();
});

test("only the owner can read them", () => {
  open().record(entry, "pbx: a");
  expect(readdirSync(dir).map((name) => statSync(join(dir, name)).mode & 0o777)).toEqual([0o600, 0o600]);
});

test("the one before is the newest confirmed one with another text", () => {
  const history = open();
  history.record(entry, "a");
  history.record({ ...entry, confirmed: false }, "b");
  history.record(entry, "c");
  history.record(entry, "c");
  expect(history.before("c")?.number).toBe(1);
});

test.each([
  ["no JSON", "nonsense"],
  ["of another shape", '[{"number":"1"}]'],
  ["of a later version", '[{"number":1,"at":"","by":"","why":"magic","confirmed":true,"digest":""}]'],
])("an index that is %s begins anew", (_what, text) => {
  writeFileSync(join(dir, "index.json"), text);
  expect(open().generations).toEqual([]);
});

test("a text that was changed on the disk is not gone back to", () => {
  const history = open();
  history.record(entry, "pbx: a");
  writeFileSync(join(dir, "1.yaml"), "pbx: evil");
  expect(history.textOf(1)).toBeUndefined();
});

test("a disk that takes nothing is said, and the number goes on", () => {
  rmSync(dir, { recursive: true });
  writeFileSync(dir, "a file in its place");
  const history = open();
  expect(history.record(entry, "a").number).toBe(1);
  expect(history.record(entry, "b").number).toBe(2);
  expect(troubles).toHaveLength(2);
  rmSync(dir);
  mkdirSync(dir);
});

const loaded = (text: string): Loaded => ({ file: { name: "sbc.yaml", text } }) as Loaded;

test("a start with what was tried and never confirmed begins with what was confirmed before", async () => {
  const history = open();
  history.record(entry, "a");
  history.record({ ...entry, confirmed: false }, "b");
  const first = await firstConfig(loaded("b"), history, async (text) => loaded(text));
  expect(first.loaded.file.text).toBe("a");
  expect(first.warnings).toEqual([
    "sbc.yaml was tried with reload --confirm and never confirmed: generation 1 serves. Reload to try it again",
  ]);
});

test("a start with a file that was changed since, or that was confirmed, begins with the file", async () => {
  const history = open();
  history.record(entry, "a");
  const made = history.record({ ...entry, confirmed: false }, "b");
  const never = () => expect.unreachable();
  expect(await firstConfig(loaded("c"), history, never)).toEqual({ loaded: loaded("c"), warnings: [] });
  history.confirm(made.number);
  expect(await firstConfig(loaded("b"), history, never)).toEqual({ loaded: loaded("b"), warnings: [] });
});

test("it does so at every start, however often: what went back, and what a restart went back to, change nothing", async () => {
  const history = open();
  history.record(entry, "a");
  history.record({ ...entry, confirmed: false }, "b");
  history.record({ ...entry, why: "start" }, "a");
  history.record({ ...entry, why: "not-confirmed" }, "a");
  const first = await firstConfig(loaded("b"), history, async (text) => loaded(text));
  expect(first.loaded.file.text).toBe("a");
  history.record(entry, "b");
  expect((await firstConfig(loaded("b"), history, () => expect.unreachable())).warnings).toEqual([]);
});

test("a try that changed only files it names leaves the text, and no older text comes back", async () => {
  const history = open();
  history.record(entry, "old");
  history.record(entry, "a");
  history.record({ ...entry, confirmed: false }, "a");
  const first = await firstConfig(loaded("a"), history, () => expect.unreachable());
  expect(first.loaded.file.text).toBe("a");
  expect(first.warnings[0]).toContain("for the files that it names: they are read as they are now");
});

test("what was recorded and not taken over is gone, and its number comes again", () => {
  const history = open();
  history.record(entry, "a");
  history.withdraw(history.record({ ...entry, confirmed: false }, "b").number);
  expect(history.latestWith("b")).toBeUndefined();
  expect(readdirSync(dir)).toEqual(["1.yaml", "index.json"]);
  expect(history.record(entry, "c").number).toBe(2);
});

test("when what was confirmed cannot be loaded any more, the file serves and it is said", async () => {
  const history = open();
  history.record(entry, "a");
  history.record({ ...entry, confirmed: false }, "b");
  const first = await firstConfig(loaded("b"), history, () => Promise.reject(new Error("its certificate is gone")));
  expect(first.loaded.file.text).toBe("b");
  expect(first.warnings[0]).toContain("generation 1 cannot be loaded any more");
});
