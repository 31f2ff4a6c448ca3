/** A rule in shadow would have refused: counted and said in the log, and nothing else is done about it. */
import { type AnomalyKind, type RejectReason, ruleIds } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { unheardReasons } from "./defence/hearing.ts";
import type { Flow } from "./flow.ts";
import type { AccountRefusal } from "./registrar/unwelcome.ts";
import { count, type EdgeState } from "./state.ts";
import { logStranger } from "./stranger-log.ts";

/** The rules of the policy, and those of the defence, which are asked elsewhere. */
export const shadowRules = [...ruleIds, "rate", "failures", "bans", "anomaly", "overload"] as const;
export type ShadowRule = (typeof shadowRules)[number];

export interface LookedOn {
  readonly rule: ShadowRule;
  readonly reason?: RejectReason | AnomalyKind | AccountRefusal | (typeof unheardReasons)[number] | undefined;
  readonly method: string;
  readonly account?: string | undefined;
}

export function lookOn(state: EdgeState, now: Millis, flow: Flow, what: LookedOn): void {
  count(state, { name: "shadowed", rule: what.rule });
  const { rule, reason, method, account } = what;
  logStranger(state, now, flow, { event: "shadow", level: "warn", rule, reason, method, account });
}
