/** A call that Ringfence ends by a rule: a decision of its own. */
import type { RuleTrace } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import type { EndReason } from "../call/teardown.ts";
import { sourceText } from "../egress.ts";
import type { EdgeState } from "../state.ts";
import { keepDecision, newDecision } from "./noted.ts";

/** End reasons that are rules, and which. */
const rules: Partial<Record<EndReason, RuleTrace>> = {
  "max-duration": ends("use", "the call is as long as a call may be", "policy.limits.call_duration"),
  "minutes-limit": ends("use", "the day's minutes are used up", "policy.accounts.NAME.minutes_per_day"),
  "spend-limit": ends("use", "the day's money is used up", "policy.accounts.NAME.spend_per_day"),
  suspended: ends("suspension", "the account was suspended while it called"),
};

function ends(rule: RuleTrace["rule"], note: string, key?: string): RuleTrace {
  return { rule, outcome: "reject", note, key };
}

/** Its id stands in the last line of the call. Other ends are nobody's decision: the one that began the call stays. */
export function noteCut(state: EdgeState, now: Millis, call: Call, reason: EndReason, status: number): void {
  const trace = rules[reason];
  if (trace === undefined) return;
  const { a, b } = call;
  call.decision = newDecision(state);
  keepDecision(state, now, "ours", call.decision, [trace], {
    side: a.flow.side,
    trunk: a.trunk ?? b.trunk,
    transport: a.flow.transport,
    source: sourceText(a.flow),
    account: a.account ?? b.account,
    from: a.user,
    to: b.user,
    call: call.id,
    by: "cut",
    action: "end",
    status,
    reason,
    rule: trace.rule,
  });
}
