import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Chunk } from "./chunk.ts";
import { frame, readFrames } from "./frames.ts";
import { Spool } from "./spool.ts";

let root: string;
let dir: string;
let said: string[];
let lost: number;
let due: (() => void)[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-spool-"));
  dir = join(root, "syslog");
  said = [];
  lost = 0;
  due = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(most = 1_000_000): Spool {
  return new Spool(dir, most, {
    later(_ms, work) {
      due.push(work);
      return () => void due.splice(due.indexOf(work), 1);
    },
    onTrouble: (why) => said.push(why),
    onRecovered: () => said.push("recovered"),
    onLost: (messages) => {
      lost += messages;
    },
  });
}

const texts = (chunk: Chunk | undefined): readonly string[] =>
  chunk === undefined ? [] : readFrames(chunk.frames).messages.map(String);

async function drain(spool: Spool): Promise<readonly string[]> {
  const all: string[] = [];
  for (let chunk = await spool.next(); chunk !== undefined; chunk = await spool.next()) {
    all.push(...texts(chunk));
    spool.settle(chunk.number);
  }
  return all;
}

const numbered = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, i) => `message ${from + i} ${"x".repeat(1_000)}`);

test("what goes in comes out in its order, over as many files as it takes, and nothing is left on disk", async () => {
  const spool = open();
  const messages = numbered(300);
  for (const message of messages) spool.append(frame(message), 1);
  expect(await drain(spool)).toEqual(messages);
  expect(spool.isEmpty).toBe(true);
  await spool.close();
  expect(readdirSync(dir)).toEqual([]);
  expect(spool.bytes).toBe(0);
});

test("a restart loses nothing and keeps the order", async () => {
  const first = open();
  for (const message of numbered(100)) first.append(frame(message), 1);
  await first.close();
  const second = open();
  await second.ready;
  for (const message of numbered(5, 100)) second.append(frame(message), 1);
  expect(await drain(second)).toEqual(numbered(105));
});

test("what was given out and not settled comes again, before what came later", async () => {
  const spool = open();
  for (const message of numbered(100)) spool.append(frame(message), 1);
  const chunk = await spool.next();
  expect(texts(chunk)[0]).toBe(numbered(1)[0]);
  spool.giveBack(chunk === undefined ? [] : [chunk]);
  expect(await drain(spool)).toEqual(numbered(100));
});

test("what was sent from memory and perhaps lost stands before what came to the disk later", async () => {
  const spool = open();
  const sent = ["a", "b"].map((text) => ({ number: spool.reserve(), frames: Buffer.from(frame(text)) }));
  spool.append(frame("c"), 1);
  const onDisk = await spool.next();
  const late = { number: spool.reserve(), frames: Buffer.from(frame("d")) };
  spool.giveBack([...sent, ...(onDisk === undefined ? [] : [onDisk]), late]);
  expect(await drain(spool)).toEqual(["a", "b", "c", "d"]);
});

test("a full spool takes nothing new and says how much it lost", async () => {
  const spool = open(10_000);
  for (const message of numbered(12)) spool.append(frame(message), 1);
  expect(lost).toBe(3);
  expect(await drain(spool)).toEqual(numbered(9));
});

test("a frame that was torn by a crash is lost alone", async () => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "000000000007.frames"), `${frame("whole")}${frame("torn").slice(0, 4)}`);
  writeFileSync(join(dir, "000000000008.frames"), frame("next"));
  writeFileSync(join(dir, "notes.txt"), "not ours");
  const spool = open();
  await spool.ready;
  expect(await drain(spool)).toEqual(["whole", "next"]);
  expect(lost).toBe(1);
  await spool.close();
  expect(readdirSync(dir)).toEqual(["notes.txt"]);
});

test("a disk that takes nothing is said once; the collector gets what waits all the same", async () => {
  writeFileSync(dir, "a file where the folder should be");
  const spool = open();
  spool.append(frame("a"), 1);
  spool.append(frame("b"), 1);
  expect(await drain(spool)).toEqual(["a", "b"]);
  expect(said).toHaveLength(1);
  expect(lost).toBe(0);
});

test("a disk that comes back is used again", async () => {
  writeFileSync(dir, "a file where the folder should be");
  const spool = open();
  await spool.ready;
  spool.append(frame("a"), 1);
  while (spool.failing === undefined || due.length === 0) await new Promise(setImmediate);
  rmSync(dir);
  due.shift()?.();
  await spool.close();
  expect(said.at(-1)).toBe("recovered");
  expect(readdirSync(dir)).toHaveLength(1);
});

test("what is in memory only is on disk before a process ends that cannot wait", async () => {
  const spool = open();
  await spool.ready;
  const sent = { number: spool.reserve(), frames: Buffer.from(frame("sent")) };
  spool.append(frame("waiting"), 1);
  spool.flush([sent]);
  await spool.close();
  const next = open();
  await next.ready;
  expect(await drain(next)).toEqual(["sent", "waiting"]);
});
