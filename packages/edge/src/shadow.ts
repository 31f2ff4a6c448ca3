/** A rule in shadow would have refused: counted and said in the log, and nothing else is done about it. */
import { type AnomalyKind, type RejectReason, type RuleId, ruleIds } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { unheardReasons } from "./defence/hearing.ts";
import type { Flow } from "./flow.ts";
import type { AccountRefusal } from "./registrar/unwelcome.ts";
import { count, type EdgeState } from "./state.ts";
import { logStranger } from "./stranger-log.ts";

/** Rules that are asked elsewhere than in the policy, and the key that puts each in shadow. */
export const rulesElsewhere = {
  rate: "defence.mode",
  failures: "defence.mode",
  bans: "defence.mode",
  anomaly: "policy.anomaly.mode",
  overload: "defence.mode",
} as const;
export type ShadowRule = RuleId | keyof typeof rulesElsewhere;
export const shadowRules: readonly ShadowRule[] = [
  ...ruleIds,
  ...(Object.keys(rulesElsewhere) as (keyof typeof rulesElsewhere)[]),
];

export interface LookedOn {
  readonly rule: ShadowRule;
  readonly reason?:
    | RejectReason
    | AnomalyKind
    | AccountRefusal
    | (typeof unheardReasons)[number]
    | "max-duration"
    | undefined;
  readonly method: string;
  readonly account?: string | undefined;
}

export function lookOn(state: EdgeState, now: Millis, flow: Flow, what: LookedOn): void {
  count(state, { name: "shadowed", rule: what.rule });
  const { rule, reason, method, account } = what;
  logStranger(state, now, flow, { event: "shadow", level: "warn", rule, reason, method, account });
}
