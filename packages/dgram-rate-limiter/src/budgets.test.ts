import { expect, test } from "vitest";
import { Budgets } from "./budgets.ts";

const rule = { points: 2, perMs: 3_600_000, maxIdentities: 2 };

test("an identity spends its budget and no other's", async () => {
  const budgets = new Budgets(rule);
  budgets.enrol("1001");
  budgets.enrol("1002");
  expect(await budgets.take("1001")).toEqual({ kind: "granted", remaining: 1 });
  expect(await budgets.take("1001")).toEqual({ kind: "granted", remaining: 0 });
  expect((await budgets.take("1001")).kind).toBe("spent");
  expect((await budgets.take("1002")).kind).toBe("granted");
});

test("an identity that nobody enrolled is refused and leaves nothing behind", async () => {
  const budgets = new Budgets(rule);
  for (let i = 0; i < 1000; i++) expect(await budgets.take(`guess-${i}`)).toEqual({ kind: "unknown" });
  expect(budgets.size).toBe(0);
});

test("no more identities than the rule says", () => {
  const budgets = new Budgets(rule);
  expect([budgets.enrol("a"), budgets.enrol("b"), budgets.enrol("c"), budgets.enrol("a")]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test("a retired identity makes room and starts afresh when it comes back", async () => {
  const budgets = new Budgets({ ...rule, maxIdentities: 1 });
  budgets.enrol("a");
  await budgets.take("a", 2);
  await budgets.retire("a");
  expect(budgets.enrol("b")).toBe(true);
  await budgets.retire("b");
  budgets.enrol("a");
  expect(await budgets.take("a")).toEqual({ kind: "granted", remaining: 1 });
});
