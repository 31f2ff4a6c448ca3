import { expect, test } from "vitest";
import type { DecisionFacts } from "./decision.ts";
import { DecisionBook } from "./decision-book.ts";

const facts: DecisionFacts = { at: 1, by: "policy", action: "reject", reason: "not-registered" };

function filled(count: number, kind: "ours" | "strangers", more: Partial<DecisionFacts> = {}): DecisionBook {
  const book = new DecisionBook();
  for (let i = 0; i < count; i++) book.keep(kind, `${kind}-${i}`, "e", [], { ...facts, ...more });
  return book;
}

test("the oldest makes room, and strangers make room for strangers only", () => {
  const book = filled(5_001, "strangers");
  book.keep("ours", "mine", "e", [], facts);
  expect(book.size).toBe(5_001);
  expect(book.find("strangers-0")).toBeUndefined();
  expect(book.find("strangers-5000")).toMatchObject({ ...facts, edition: "e" });
  expect(book.find("mine")).toBeDefined();
});

test("what peers write takes up so much and no more: the subject of a monster is left out, long names are cut", () => {
  const subject = { targetRaw: "x".repeat(60_000) } as DecisionFacts["subject"];
  const book = filled(5, "ours", { from: "y".repeat(60_000), subject });
  const { decisions } = book.page(0, 1);
  expect(decisions[0]?.subject).toBeUndefined();
  expect(decisions[0]?.from).toHaveLength(128);
  const large = filled(2_500, "ours", { source: "z".repeat(3_000) });
  expect(large.size).toBeLessThan(2_000);
});

test("pages go on behind the last one", () => {
  const book = filled(7, "ours");
  book.keep("strangers", "late", "e", [], facts);
  const first = book.page(0, 5);
  expect(first.decisions).toHaveLength(5);
  const second = book.page(first.last, 5);
  expect(second.decisions.map(({ id }) => id)).toEqual(["ours-5", "ours-6", "late"]);
  expect(book.page(second.last, 5)).toEqual({ decisions: [], last: 0 });
});
