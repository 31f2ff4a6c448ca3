/** What the API reads of the records, and that calls need not wait for it. */
import type { Who } from "@ringfence/admin";
import type { StoredRecord } from "@ringfence/store";
import { expect, test } from "vitest";
import type { Console } from "./admin-parts.ts";
import { bookHandlers } from "./book-handlers.ts";

const admin: Who = { name: "a", role: "admin", address: "127.0.0.1" };
const row = (seq: number): StoredRecord => ({ seq, kind: "call", at: seq, facts: { status: 200 }, person: undefined });

/** Turns of the event loop so far. */
function turns() {
  const counter = { now: 0, stop: false };
  const next = (): void => {
    counter.now++;
    if (!counter.stop) setImmediate(next);
  };
  setImmediate(next);
  return counter;
}

test("a long export leaves a turn of the event loop to calls between any two pages", async () => {
  const clock = turns();
  const looked: number[] = [];
  const records = {
    search: ({ after, limit = 0 }: { readonly after?: string; readonly limit?: number }) => {
      looked.push(clock.now);
      const from = Number(after ?? 0);
      const items = Array.from({ length: limit }, (_, i) => row(from + i));
      return { items, next: looked.length < 5 ? String(from + limit) : undefined };
    },
  };
  const { recordsExport, privacyShow } = bookHandlers({ records } as unknown as Console);
  const nothing = { params: undefined, body: undefined } as const;
  const lines: string[] = [];
  for await (const part of await recordsExport({ ...nothing, query: { format: "jsonl" } }, admin)) lines.push(part);
  expect(lines.join("").trim().split("\n")).toHaveLength(500);
  expect(new Set(looked).size).toBe(5);
  looked.length = 0;
  const shown = await privacyShow({ ...nothing, query: undefined, body: { who: "1001" } }, admin);
  expect([shown.count, shown.items.length, new Set(looked).size]).toEqual([500, 200, 5]);
  clock.stop = true;
});
