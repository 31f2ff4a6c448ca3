/**
 * Every case of this folder once more, with everything in shadow that can be: what may be looked at only is let through with a
 * trace of what it would have said, and what may not refuses as before.
 */
import { shadowingOf } from "@ringfence/policy";
import { expect, test } from "vitest";
import { type Case, decide, goldenCases } from "./golden-case.ts";

type Section = Readonly<Record<string, unknown>>;
const shadow = { mode: "shadow" };
const section = (value: unknown): Section => Object(value) as Section;
const list = (value: unknown): readonly Section[] => (Array.isArray(value) ? value : []);

function inShadow(config: Section = {}): Section {
  const policy = section(config["policy"]);
  const accounts = Object.entries({ default: {}, ...section(policy["accounts"]) });
  const destinations = [
    ...list(policy["destinations"]),
    // What holds where no rule matches is tried by writing it down.
    { list: "high-risk", action: "reject" },
    { type: ["premium", "satellite"], action: "reject" },
  ];
  return {
    ...config,
    policy: {
      ...policy,
      limits: { ...section(policy["limits"]), ...shadow },
      accounts: Object.fromEntries(accounts.map(([name, rules]) => [name, { ...section(rules), ...shadow }])),
      destinations: destinations.map((rule) => (rule["action"] === "reject" ? { ...rule, ...shadow } : rule)),
    },
    trunks: list(config["trunks"]).map((trunk) => ({ ...trunk, limits: { ...section(trunk["limits"]), ...shadow } })),
    defence: { ...section(config["defence"]), ...shadow },
  };
}

function refusalOf(golden: Case): { readonly rule: string; readonly reason: keyof typeof shadowingOf } | undefined {
  const { verdict } = decide(golden);
  return verdict.action === "allow" || golden.media !== undefined ? undefined : verdict;
}

const refusing = goldenCases().flatMap(([name, golden]) => {
  const refusal = refusalOf(golden);
  return refusal === undefined ? [] : [{ name, golden, rule: refusal.rule, reason: refusal.reason }];
});

test.each(refusing)("$name, $reason: in shadow", ({ golden, rule, reason }) => {
  const { verdict } = decide({ ...golden, config: inShadow(golden.config) });
  if ("keys" in shadowingOf[reason]) {
    expect(verdict.action).toBe("allow");
    expect(verdict.chain.filter(({ outcome }) => outcome === "shadow").map((trace) => trace.rule)).toContain(rule);
  } else expect(verdict).toMatchObject({ reason });
});

test("every reason that a rule of the policy can be in shadow for has a case here", () => {
  const shown = new Set<string>(refusing.map(({ reason }) => reason));
  const asked = Object.entries(shadowingOf).flatMap(([reason, by]) => ("keys" in by ? [reason] : []));
  // These are decided elsewhere: test/integration/fraud-service and test/security/overload.
  const elsewhere = ["fraud-service", "fraud-service-silent", "overloaded"];
  expect(asked.filter((reason) => !shown.has(reason)).toSorted()).toEqual(elsewhere);
});
