import type { Answer } from "@ringfence/sip";
import { expect, test } from "vitest";
import { AnswerCache } from "./answer-cache.ts";

const question = { type: "A", name: "c.example" } as const;
const good = (ttlMs: number): Answer => ({ type: "A", ttlMs, records: ["192.0.2.1"] });
const failed: Answer = { type: "failed", ttlMs: 0 };

test("an answer counts for its TTL, but never less than five seconds and never more than an hour", () => {
  const cache = new AnswerCache();
  cache.store(0, question, good(30_000));
  expect(cache.fresh(29_999, question)).toMatchObject({ records: ["192.0.2.1"] });
  expect(cache.fresh(30_000, question)).toBeUndefined();
  cache.store(0, question, good(0));
  expect(cache.fresh(4_999, question)).toBeDefined();
  cache.store(0, question, good(10 ** 9));
  expect(cache.fresh(3_600_000, question)).toBeUndefined();
});

test("a failure keeps the last good answer, and is asked again soon", () => {
  const cache = new AnswerCache();
  cache.store(0, question, good(10_000));
  expect(cache.store(20_000, question, failed)).toMatchObject({ records: ["192.0.2.1"], ttlMs: 5_000 });
  expect(cache.fresh(24_999, question)).toMatchObject({ type: "A" });
  expect(cache.fresh(25_000, question)).toBeUndefined();
});

test("'there is none' is an answer: it takes the old one away, and counts a minute at most", () => {
  const cache = new AnswerCache();
  cache.store(0, question, good(10_000));
  expect(cache.store(20_000, question, { type: "A", ttlMs: 10 ** 9, records: [] })).toMatchObject({ records: [] });
  expect(cache.fresh(80_000, question)).toBeUndefined();
});

test("the cache does not grow beyond its end", () => {
  const cache = new AnswerCache();
  for (let i = 0; i < 5_000; i++) cache.store(0, { type: "A", name: `${i}.example` }, good(1));
  expect(cache.size).toBe(4_096);
});
