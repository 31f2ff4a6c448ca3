/** The rules of accounts as they come out: an entry says what `default` does not. */
import type { Config } from "@ringfence/policy";

type Rules = NonNullable<ReturnType<Config["policy"]["accounts"]["get"]>>;

interface NamedRules {
  /** As a report names it. */
  readonly name: string;
  readonly rules: Partial<Rules>;
}

/** Those that many have first. An entry that says less than `default` takes the rest from it. */
export function rulesInForce({ policy }: Config): readonly NamedRules[] {
  const base: Partial<Rules> = policy.accounts.get("default") ?? {};
  const own = [...policy.accounts].filter(([name]) => name !== "default");
  return [
    { name: "an account without an entry of its own", rules: base },
    ...own.map(([name, rules]) => ({ name: `account ${name}`, rules: { ...base, ...said(rules) } })),
  ];
}

function said(rules: Rules): Partial<Rules> {
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as Partial<Rules>;
}
