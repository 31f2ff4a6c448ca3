/** A process that is killed owes rows: here nothing is stopped or closed before the next one opens the same files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { EdgeEvent } from "@ringfence/edge";
import { type CdrConfig, loadConfig } from "@ringfence/policy";
import type { StoredRecord } from "@ringfence/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../../../test/support/eventually.ts";
import type { Log } from "../logs/logger.ts";
import { openStateStore, type StateStore } from "../state-store.ts";
import { openRecordBook, type RecordBook } from "./record-book.ts";

let dir: string;
let lines: string[];
let opened: { readonly store: StateStore; readonly book: RecordBook }[];
const log = { line: (_level: string, { reason }: { reason: string }) => lines.push(reason) } as unknown as Log;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-standing-"));
  [lines, opened] = [[], []];
});
afterEach(() => {
  for (const { store, book } of opened) {
    book.stop();
    store.close();
  }
  rmSync(dir, { recursive: true });
});

function cdr(more = ""): CdrConfig {
  const loaded = loadConfig(`pbx: { address: 10.0.0.5 }\nphones: { domains: [pbx.example.com] }\n${more}`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config.cdr;
}

function start(settings = cdr()): (typeof opened)[number] {
  const store = openStateStore(dir, log);
  const book = openRecordBook({ stateDir: dir, calls: store.calls, log, onLost: () => undefined }, settings);
  const both = { store, book };
  opened.push(both);
  return both;
}

function keptHere(): string {
  const database = new DatabaseSync(join(dir, "state.db"), { readOnly: true });
  const rows = database.prepare("SELECT data FROM calls").all();
  database.close();
  return JSON.stringify(rows);
}

const begun = (call: string): EdgeEvent & Record<string, unknown> => ({
  ...{ event: "call", level: "info", reason: "started", call, side: "phone", transport: "tls" },
  ...{ source: "192.0.2.7:40000", account: "1001", from: "1001", to: "+4930123456", decision: "d" },
});
const ended = (call: string): EdgeEvent => ({
  ...begun(call),
  reason: "hangup",
  ended_by: "a",
  setup_ms: 1,
  duration_ms: 7,
});
const rowsOf = ({ book }: { readonly book: RecordBook }): readonly StoredRecord[] => book.search({}).items;

test("of a call that was up when the process was killed the next one writes the row, once", () => {
  const { store, book } = start();
  book.take(begun("c1"));
  store.flush();
  const [row, ...others] = rowsOf(start());
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    kind: "call",
    facts: { call: "c1", reason: "process-ended", ended_by: "ringfence", side: "phone", duration_ms: 0 },
    person: { account: "1001", from: "1001", to: "+4930123456", source: "192.0.2.7:40000" },
  });
  expect(lines.filter((reason) => reason === "owed")).toHaveLength(1);
  // Killed before it could write down that nothing is owed any more.
  expect(rowsOf(start())).toHaveLength(1);
});

test("since when it was answered is known, and the call lasted until the process was last known to live", async () => {
  const { store, book } = start();
  const answeredAt = Date.now() - 60_000;
  book.take(begun("c1"));
  book.watch({ call: () => ({ answeredAt }) as never });
  await eventually("the answer to be noted", () => {
    store.flush();
    return keptHere().includes("answeredAt");
  });
  const [row] = rowsOf(start());
  expect(row?.facts["duration_ms"]).toBeGreaterThan(59_000);
});

test("a call that ended has the row that says how, also when the process died before that was written", () => {
  const first = start();
  first.book.take(begun("c1"));
  first.book.take(begun("c2"));
  first.store.flush();
  first.book.take(ended("c1"));
  // Writes what waits: the row of c1. What is kept of it stays a while.
  expect(rowsOf(first)).toHaveLength(1);
  first.book.take(ended("c2"));
  const reasons = rowsOf(start()).map(({ facts }) => `${facts["call"]} ${facts["reason"]}`);
  expect(reasons.toSorted()).toEqual(["c1 hangup", "c2 process-ended"]);
});

test("what is stopped owes nothing, and where no records are wanted nothing is kept", () => {
  const first = start();
  first.book.take(begun("c1"));
  first.book.take(ended("c1"));
  first.book.stop();
  first.store.close();
  opened = [];
  expect(start().store.calls.restored).toEqual([]);
  const silent = start(cdr("cdr: { store: off }"));
  silent.book.take(begun("c2"));
  silent.store.flush();
  expect(start().store.calls.restored).toEqual([]);
});

test("number-suffix: the end of a number outside is not kept either", () => {
  const { store, book } = start(cdr("cdr: { mask: number-suffix }"));
  book.take(begun("c1"));
  store.flush();
  expect(JSON.stringify(start().store.calls.restored)).toContain("+4930123***");
});
