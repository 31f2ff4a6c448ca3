import { type Dropped, type Explanation, type Rejected, rejectReasons } from "@ringfence/policy";
import { expect, test } from "vitest";
import { otherReasons } from "../../support/other-reasons.ts";
import { decide, goldenCases } from "./golden-case.ts";

/** Reasons of cases that ran. */
const explained = new Set<string>(otherReasons);

const cases = goldenCases();

for (const [name, golden] of cases) {
  test(`${name.slice(0, 3)}: ${golden.claim}`, () => {
    const { verdict, explanation } = decide(golden);
    const rule = verdict.action === "allow" ? {} : { rule: verdict.rule, reason: verdict.reason };
    const status = verdict.action === "reject" ? { status: verdict.status } : {};
    const emergency = verdict.action === "allow" ? { emergency: verdict.emergency } : {};
    const shadow = verdict.shadow === undefined ? {} : { shadow: verdict.shadow.rule };
    const outcome = { action: verdict.action, ...rule, ...status, ...emergency, ...shadow };
    expect(outcome).toEqual({ ...(verdict.action === "allow" ? { emergency: false } : {}), ...golden.expect });
    if (verdict.action !== "allow") expectExplained(verdict, explanation);
    expect(verdict.chain.at(-1)?.outcome).not.toBe(verdict.action === "allow" ? "reject" : "pass");
  });
}

/** The last rule is the one that refused, with the line of its entry where the case's file has one. */
function expectExplained({ rule, reason }: Rejected | Dropped, { rules, remedy }: Explanation): void {
  const last = rules.at(-1);
  expect(last?.rule).toBe(rule);
  expect(last?.key ?? "").not.toMatch(/NAME|\[\]/);
  expect(remedy).toBe(rejectReasons[reason].remedy);
  explained.add(reason);
}

test("every reject reason has a case that explains it", () => {
  expect([...explained].sort()).toEqual(Object.keys(rejectReasons).sort());
});

test("numbers of cases are given once each", () => {
  const numbers = cases.map(([name]) => name.slice(0, 3));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(cases.length).toBeGreaterThanOrEqual(40);
});
