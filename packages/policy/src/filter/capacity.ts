import type { Config, TrunkConfig, TrunkLimit } from "../config/config.ts";
import type { Load } from "../subject.ts";
import { accountRules } from "../use/use-book.ts";
import { type Filter, looksOn, opensDialog, passes, rejects, type Step } from "./filter.ts";

interface Limit {
  readonly count: (load: Load) => number;
  readonly most: number;
  readonly step: Step;
  /** Rates spare `defence.allow`; numbers of calls at one time are for everybody. */
  readonly kind: "calls" | "rate";
  /** Only looked at. */
  readonly inShadow: boolean;
}

const none: readonly Limit[] = [];

/**
 * Numbers of calls, for requests that would add one. A count that is not a number is over every limit: what cannot be
 * evaluated refuses. Emergency calls pass them all.
 */
export function capacityFilter({ policy, trunks }: Config): Filter {
  const all = sharedLimits(policy.limits);
  const ofAccount = accountLimits(policy);
  const inbound = new Map(trunks.map((trunk) => [trunk.name, trunkLimits(trunk, "in")]));
  const outbound = new Map(trunks.map((trunk) => [trunk.name, trunkLimits(trunk, "out")]));
  const noNewCall = passes("capacity", "the request adds no call");
  const spared = passes("capacity", "an emergency call: not limited");
  const closing = rejects("capacity", "draining", "the process is being drained");
  const free = passes("capacity", "below every limit");
  return (subject, { emergency, exempt }) => {
    if (!opensDialog(subject)) return noNewCall;
    if (emergency) return spared;
    const { load } = subject;
    const ofTrunk = subject.side === "trunk" ? inbound : outbound;
    if (load.draining === true) return closing;
    const ofThisTrunk = subject.trunk === undefined ? none : (ofTrunk.get(subject.trunk) ?? none);
    const ofThisAccount = subject.account === undefined ? none : ofAccount(subject.account);
    const shared = firstReached(all, load, exempt);
    const own = firstReached(ofThisAccount, load, exempt);
    const its = firstReached(ofThisTrunk, load, exempt);
    if (acts(shared)) return shared.step;
    if (acts(own)) return lookedAt(shared, own.step);
    if (acts(its)) return lookedAt(shared ?? own, its.step);
    return lookedAt(shared ?? own ?? its, free);
  };
}

function lookedAt(inShadow: Limit | undefined, said: Step): Step {
  return inShadow === undefined ? said : looksOn(inShadow.step, said);
}

/** Limits of one list are in shadow together. */
function firstReached(limits: readonly Limit[], load: Load, exempt: boolean): Limit | undefined {
  for (const limit of limits) {
    if (exempt && limit.kind === "rate") continue;
    if (!(limit.count(load) < limit.most)) return limit;
  }
  return undefined;
}

function acts(limit: Limit | undefined): limit is Limit & { readonly inShadow: false } {
  return limit?.inShadow === false;
}

function sharedLimits({ calls, callsPerSecond, mode }: Config["policy"]["limits"]): readonly Limit[] {
  const inShadow = mode === "shadow";
  return [
    {
      count: (load) => load.calls,
      most: calls,
      step: rejects("capacity", "calls-limit", `${calls} calls are in progress`, "policy.limits.calls"),
      kind: "calls",
      inShadow,
    },
    {
      count: (load) => load.callsThisSecond,
      most: callsPerSecond,
      step: rejects(
        "capacity",
        "call-rate-limit",
        `${callsPerSecond} new calls in a second`,
        "policy.limits.calls_per_second",
      ),
      kind: "rate",
      inShadow,
    },
  ];
}

function accountLimits({ accounts, limits }: Config["policy"]): (account: string) => readonly Limit[] {
  const limit = (name: string): readonly Limit[] => {
    const { calls: own, mode } = accountRules(accounts, name);
    const key = own === undefined ? "policy.limits.calls_per_account" : "policy.accounts.NAME.calls";
    const most = own ?? limits.callsPerAccount;
    const step = rejects("capacity", "account-calls-limit", `the account has ${most} calls`, key);
    const inShadow = (own === undefined ? limits.mode : mode) === "shadow";
    return [{ count: (load) => load.callsOfAccount, most, step, kind: "calls", inShadow }];
  };
  const named = new Map([...accounts.keys()].map((name) => [name, limit(name)]));
  const others = limit("default");
  return (account) => named.get(account) ?? others;
}

/** The direction's own limits first: they say more. */
function trunkLimits({ name, limits }: TrunkConfig, way: "in" | "out"): readonly Limit[] {
  const inShadow = limits.mode === "shadow";
  const of = (limit: TrunkLimit, key: string, what: string, calls: Limit["count"], rate: Limit["count"]) => [
    ...most(limit.calls, `${key}.calls`, "trunk-calls-limit", `trunk ${name} has $ calls${what}`, {
      kind: "calls",
      count: calls,
      inShadow,
    }),
    ...most(
      limit.callsPerSecond,
      `${key}.calls_per_second`,
      "trunk-call-rate-limit",
      `trunk ${name} had $ new calls${what} in a second`,
      { kind: "rate", count: rate, inShadow },
    ),
  ];
  return [
    ...of(
      limits[way],
      `trunks[].limits.${way}`,
      ` ${way}`,
      (load) => load.callsOfTrunkThisWay ?? load.callsOfTrunk,
      (load) => load.callsOfTrunkThisWayThisSecond ?? load.callsOfTrunkThisSecond,
    ),
    ...of(
      limits,
      "trunks[].limits",
      "",
      (load) => load.callsOfTrunk,
      (load) => load.callsOfTrunkThisSecond,
    ),
  ];
}

function most(
  limit: number | undefined,
  key: string,
  reason: "trunk-calls-limit" | "trunk-call-rate-limit",
  note: string,
  of: Pick<Limit, "kind" | "count" | "inShadow">,
): readonly Limit[] {
  if (limit === undefined) return [];
  return [{ ...of, most: limit, step: rejects("capacity", reason, note.replace("$", String(limit)), key) }];
}
