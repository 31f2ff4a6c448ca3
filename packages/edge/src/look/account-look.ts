/** What accounts have used of what they may, as people see it. */
import { accountPayer, accountRules } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { figuresOf } from "../use/charge.ts";

/** `most` undefined: no limit. `used` is not a number where it is not known. */
export interface FigureLook {
  readonly used: number;
  readonly most: number | undefined;
}

export interface AccountLook {
  readonly name: string;
  readonly calls: FigureLook;
  readonly callsThisHour: FigureLook;
  readonly minutesToday: FigureLook;
  readonly spentToday: FigureLook;
  readonly currency: string | undefined;
}

/** Those that are registered, in a call, suspended, or named in the configuration. */
export function accountLooks(state: EdgeState, now: Millis): readonly AccountLook[] {
  const { bindings, calls, use, settings } = state;
  const names = new Set<string>(use.suspensions.list().map(({ account }) => account));
  for (const token of bindings.tokens()) names.add(bindings.get(token)?.user ?? "");
  for (const { a, b } of calls) names.add(a.account ?? "").add(b.account ?? "");
  for (const name of settings.config.policy.accounts.keys()) names.add(name);
  names.delete("");
  names.delete("default");
  return [...names].map((name) => accountLook(state, now, name));
}

function accountLook(state: EdgeState, now: Millis, name: string): AccountLook {
  const { config, policy } = state.settings;
  const payer = accountPayer(name);
  const { callsPerHour, msPerDay, spendPerDay } = policy.use.rulesOf(payer);
  const figures = figuresOf(state, now, payer);
  const most = accountRules(config.policy.accounts, name).calls ?? config.policy.limits.callsPerAccount;
  return {
    name,
    calls: { used: state.calls.ofAccount(name), most },
    callsThisHour: { used: figures?.callsThisHour ?? 0, most: callsPerHour },
    minutesToday: {
      used: (figures?.msToday ?? 0) / 60_000,
      most: msPerDay === undefined ? undefined : msPerDay / 60_000,
    },
    spentToday: {
      used: (figures?.spentToday ?? 0) / 1_000_000,
      most: spendPerDay === undefined ? undefined : spendPerDay / 1_000_000,
    },
    currency: policy.use.currency,
  };
}
