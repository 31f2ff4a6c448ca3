import type { Credentials } from "@ringfence/sip";
import { expect, test } from "vitest";
import { CallTable } from "../call/call-table.ts";
import { NonceCounts } from "./nonce-counts.ts";

const credentials = (time: number, nc: string | undefined, cnonce = "c"): Credentials =>
  ({ nonce: `${time.toString(16).padStart(12, "0")}${"0".repeat(32)}`, username: "1001", cnonce, nc }) as Credentials;

test("a nonce count must rise", () => {
  const counts = new NonceCounts();
  const used = ["00000001", "00000002", "00000002", "00000001", "0000000a"].map((nc) => counts.use(credentials(1, nc)));
  expect(used).toEqual([true, true, false, false, true]);
});

test("without a count a nonce serves once", () => {
  const counts = new NonceCounts();
  expect([counts.use(credentials(1, undefined)), counts.use(credentials(1, undefined))]).toEqual([true, false]);
});

test("what the full table forgot cannot be replayed", () => {
  const counts = new NonceCounts();
  for (let time = 0; time <= 20_000; time++) expect(counts.use(credentials(time, "00000001"))).toBe(true);
  expect(counts.use(credentials(0, "00000001"))).toBe(false);
  expect(counts.use(credentials(0, "00000002"))).toBe(false);
  expect(counts.use(credentials(5, "00000002"))).toBe(true);
});

test("connections that were lost take the room of twenty thousand, the oldest goes first", () => {
  const { lostFlows } = new CallTable();
  for (let i = 0; i < 50_000; i++) lostFlows.at.set(`flow ${i}`, i);
  expect([lostFlows.at.size, lostFlows.at.oldest]).toEqual([20_000, ["flow 30000", 30_000]]);
});
