/** What is in use at this moment, for somebody's request: the policy sees counts, never tables. */
import type { Load, SignalSubject } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { EdgeState } from "./state.ts";
import { figuresOf } from "./use/charge.ts";

export type LoadOf = Pick<SignalSubject, "side" | "account" | "trunk">;

/** @param request what somebody has used of the day is looked up for new calls alone */
export function loadOf(state: EdgeState, now: Millis, of: LoadOf, request: "call" | "no-call"): Load {
  const { account, trunk, side } = of;
  const { config, policy } = state.settings;
  const way = side === "trunk" ? "in" : "out";
  const limits = trunk === undefined ? undefined : limitsOf(state, trunk);
  const rate = (perSecond: number | undefined, direction?: "in" | "out"): number =>
    trunk === undefined ? 0 : state.attempts.ofTrunk(now, trunk, perSecond, direction);
  return {
    draining: state.draining,
    calls: state.calls.size,
    callsThisSecond: state.attempts.total(now, config.policy.limits.callsPerSecond),
    callsOfAccount: account === undefined ? 0 : state.calls.ofAccount(account),
    callsOfTrunk: trunk === undefined ? 0 : state.calls.ofTrunk(trunk),
    callsOfTrunkThisWay: trunk === undefined ? 0 : thisWay(state, side, trunk),
    callsOfTrunkThisSecond: rate(limits?.callsPerSecond),
    callsOfTrunkThisWayThisSecond: rate(limits?.[way].callsPerSecond, way),
    unregisteredEmergencies: state.calls.unregisteredEmergencies,
    suspended: account !== undefined && state.use.suspensions.has(account, now + state.use.ledger.wallOffset),
    use: request === "call" ? figuresOf(state, now, policy.use.payerOf(of)) : undefined,
  };
}

function thisWay(state: EdgeState, side: LoadOf["side"], trunk: string): number {
  const out = state.calls.ofTrunkOut(trunk);
  return side === "trunk" ? state.calls.ofTrunk(trunk) - out : out;
}

function limitsOf(state: EdgeState, name: string) {
  return state.settings.trunks.find((t) => t.config.name === name)?.config.limits;
}
