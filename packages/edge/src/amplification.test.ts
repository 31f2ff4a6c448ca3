import { expect, test } from "vitest";
import { AmplificationBudget } from "./amplification.ts";

test("what leaves never exceeds what came", () => {
  const budget = new AmplificationBudget();
  expect(budget.spend(1)).toBe(false);
  budget.earn(300);
  expect(budget.spend(301)).toBe(false);
  expect(budget.spend(200)).toBe(true);
  expect(budget.spend(101)).toBe(false);
  budget.earn(1);
  expect(budget.spend(101)).toBe(true);
});

test("what is saved up has an end", () => {
  const budget = new AmplificationBudget();
  for (let i = 0; i < 10_000; i++) budget.earn(1_000);
  let spent = 0;
  while (budget.spend(64)) spent += 64;
  expect(spent).toBeLessThanOrEqual(16_384);
});
